import type { HttpClient } from "@effect/platform"
import { Effect, Either, Option, type Redacted, type Schema } from "effect"
import { isJsonRecord } from "../../domain/Json.js"
import type { Event, Overview } from "../../http/OperatorBodies.js"
import { type OperatorClient, operatorClient } from "../OperatorClient.js"
import { operatorFailure } from "../OperatorFailure.js"
import { paged } from "../Pages.js"
import { type Finding, failed, ok, skipped, warning } from "./Finding.js"
import type { NothingSeen, Seen } from "./Looking.js"

/** A running service, as a load balancer sees it. */
export const readyFinding = (address: string, seen: Either.Either<Seen, NothingSeen>): Finding => {
  const check = "service"
  if (Either.isLeft(seen)) {
    return warning(
      check,
      `none can be reached at ${address}: ${seen.left.why}`,
      "start it, or say where it is with --url or PUBLIC_URL"
    )
  }
  const { json, status } = seen.right
  if (status === 200 && isJsonRecord(json) && json.status === "ready") {
    return ok(check, `the one at ${address} is ready`)
  }
  return status === 503
    ? failed(check, `the one at ${address} is not ready`, "its log says why; most often the database is away")
    : failed(
        check,
        `${address} answers ${status} to /health/ready`,
        "another program listens there: look at --url"
      )
}

type EventItem = Schema.Schema.Type<typeof Event>

const lookedAt = 100
/** Fewer unmatched events than these may be somebody's test. */
const telling = 3

/** Whether VerifyHuman's events can be matched, from the last ones. */
export const matchingFinding = (events: ReadonlyArray<EventItem>, expiredWithoutEvent: number): Finding => {
  const check = "matching"
  const arrived = events.filter(({ source }) => source === "webhook")
  const matched = arrived.filter(({ state }) => state === "applied" || state === "superseded").length
  const unmatched = arrived.filter(({ state }) => state === "unmatched").length
  const whole = matched + unmatched
  if (whole === 0) {
    return expiredWithoutEvent > 0 && arrived.length === 0
      ? warning(
          check,
          `${expiredWithoutEvent} sessions expired, and none of the last events came as a webhook`,
          "add this service's /api/webhooks/verifyhuman to the dashboard, for this environment"
        )
      : skipped(check, "no event that could be matched was received yet")
  }
  const message = `${unmatched} of the last ${whole} events matched no session (${Math.round((100 * unmatched) / whole)} %)`
  if (unmatched === 0) return ok(check, message)
  return matched === 0 && unmatched >= telling
    ? failed(
        check,
        message,
        "VerifyHuman seems to send no reference: events show tells what they carry, events link gives them to sessions"
      )
    : warning(check, message, "events list --state unmatched shows them, events link gives them to sessions")
}

type Figures = Pick<
  Schema.Schema.Type<typeof Overview>,
  "dead_actions" | "failures" | "pending_actions" | "poller" | "rejected_deliveries"
>

/** What it could not do of late. */
const failureFindings = (failures: Figures["failures"]): ReadonlyArray<Finding> =>
  failures.length === 0
    ? [ok("requests", "none failed in the last two hours")]
    : failures.map(({ advice, code, count, last_at, title }) =>
        warning("requests", `${count} failed with ${code} (${title}), the last at ${last_at}`, advice)
      )

export const overviewFindings = (overview: Figures): ReadonlyArray<Finding> => {
  const { breaker, refused } = overview.poller
  return [
    ...failureFindings(overview.failures),
    overview.dead_actions === 0
      ? ok("outbox", `no action was given up, ${overview.pending_actions} are pending`)
      : warning(
          "outbox",
          `${overview.dead_actions} actions were given up`,
          "mend the receiver, then actions redrive --all-dead"
        ),
    overview.rejected_deliveries === 0
      ? ok("deliveries", "none was rejected")
      : warning(
          "deliveries",
          `${overview.rejected_deliveries} were rejected for their signature`,
          "events rejected tells why"
        ),
    breaker === "closed"
      ? ok("poller", "asks for statuses without trouble")
      : warning(
          "poller",
          `its breaker is ${breaker.replace("_", " ")}`,
          "the provider fails; it goes on by itself"
        ),
    ...refused.map(({ product, why }) =>
      failed(
        "poller",
        `the provider refuses ${product}: ${why}`,
        "look at VERIFYHUMAN_CLIENT_KEY and the account"
      )
    )
  ]
}

const inside = Effect.fnUntraced(function* (client: OperatorClient) {
  const overview = yield* client.overview({})
  const { items } = yield* paged({ all: false, limit: lookedAt, cursor: Option.none() }, (page) =>
    client.events({ urlParams: page })
  )
  return [matchingFinding(items, overview.expired_without_event), ...overviewFindings(overview)]
})

/** What an operator would find at the service. */
export const operatorFindings = (
  address: string,
  token: Option.Option<Redacted.Redacted>
): Effect.Effect<ReadonlyArray<Finding>, never, HttpClient.HttpClient> =>
  Option.match(token, {
    onNone: () =>
      Effect.succeed([
        skipped("operator", "no token: give --token, or set ADMIN_TOKEN, to see what goes on inside")
      ]),
    onSome: (token) =>
      Effect.flatMap(operatorClient(address, token), inside).pipe(
        Effect.catchAll((error) =>
          Effect.succeed([failed("operator", operatorFailure(address, error).message)])
        )
      )
  })
