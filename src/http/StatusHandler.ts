import type { IncomingMessage } from "node:http"
import { Clock, Duration, Effect } from "effect"
import type { Session } from "../domain/Session.js"
import type { Caller } from "../sessions/Caller.js"
import { Sessions } from "../sessions/Sessions.js"
import { WaitSlots } from "../sessions/WaitSlots.js"
import { polls } from "../telemetry/Metrics.js"
import { countedWait } from "./CountedWait.js"
import { jsonBody, type PlainAnswer } from "./PlainAnswer.js"
import { knownSequences, preferredWait } from "./Preconditions.js"
import type { Problem } from "./Problem.js"
import { countedProblem } from "./Problems.js"
import { entityTag, pollAgainAfter, statusText } from "./StatusAnswer.js"

/** What a poll is answered, and counts as; `header` is its `If-None-Match`, `waited` the seconds that its `Prefer` was given. */
export const statusAnswer = (
  session: Session,
  header: string | undefined,
  waited: number | null,
  now: number
): PlainAnswer => {
  const again = pollAgainAfter(session, now)
  const headers: Record<string, string> = { etag: entityTag(session) }
  if (again !== null) headers["retry-after"] = String(again)
  if (waited !== null) headers["preference-applied"] = `wait=${waited}`
  const known = header === undefined ? [] : knownSequences(header)
  const isKnown = known === "any" || known.includes(session.sequence)
  polls.add(isKnown ? "not_modified" : "ok")
  return isKnown
    ? { status: 304, headers, body: null }
    : { status: 200, headers, body: jsonBody(statusText(session)) }
}

/** `GET /api/verify-status`: answers at once or, when the phone prefers to wait, with the news. */
export const makeStatusHandler = Effect.gen(function* () {
  const sessions = yield* Sessions
  const slots = yield* WaitSlots

  const wait = (caller: Caller, sessionRef: string, header: string | undefined, seconds: number) => {
    const known = knownSequences(header)
    return Effect.scoped(
      slots
        .take(caller.userId)
        .pipe(
          Effect.zipRight(countedWait),
          Effect.zipRight(
            sessions.wait(
              caller,
              sessionRef,
              known === "any" ? null : (known[0] ?? null),
              Duration.seconds(seconds)
            )
          )
        )
    )
  }

  return Effect.fnUntraced(function* (
    caller: Caller,
    sessionRef: string,
    { headers }: Pick<IncomingMessage, "headers">
  ): Effect.fn.Return<PlainAnswer, Problem> {
    const seconds = preferredWait(headers["prefer"] as string | undefined)
    const header = headers["if-none-match"]
    const session = yield* (
      seconds === null ? sessions.status(caller, sessionRef) : wait(caller, sessionRef, header, seconds)
    ).pipe(Effect.mapError(countedProblem(polls)))
    return statusAnswer(session, header, seconds, yield* Clock.currentTimeMillis)
  })
})
