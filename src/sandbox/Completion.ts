import { HttpLayerRouter } from "@effect/platform"
import { Effect, Schema } from "effect"
import { chosenBehaviour } from "./ChosenBehaviour.js"
import { Deliveries } from "./Deliveries.js"
import { Refused } from "./Refused.js"
import { faultReply, json, type Reply, replyStatus, send } from "./Reply.js"
import { readJson } from "./RequestBody.js"
import { type HostedSandboxSession, SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

/** A button of the page, or a value of the wire in its own spelling: PENDING, ERROR, throttled, … */
const Outcome = Schema.String.pipe(Schema.pattern(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/))
const Completed = Schema.Struct({ outcome: Outcome, behaviour: Schema.optional(Schema.String) })

const expected =
  'a JSON object such as {"outcome": "pass"}: pass, fail, refuse or a status of the wire, and with it "behaviour" if need be'

const buttons: Readonly<Record<string, string>> = { pass: "PASS", fail: "FAIL", refuse: "FAIL" }

const statusOf = (outcome: string): string =>
  Object.hasOwn(buttons, outcome) ? (buttons[outcome] ?? outcome) : outcome

const whyGone = {
  unknown: new Refused({ status: 404, error: "This link is not known" }),
  used: new Refused({ status: 410, error: "This link was used already" }),
  expired: new Refused({ status: 410, error: "This link has expired" })
}

const redirectOf = ({ failureRedirectUrl, redirectUrl }: HostedSandboxSession, status: string) =>
  status.toUpperCase() === "PASS" ? redirectUrl : failureRedirectUrl

const judge = Effect.fnUntraced(
  function* (token: string) {
    const sessions = yield* SandboxSessions
    const deliveries = yield* Deliveries
    const body = yield* readJson(Completed, expected)
    const chosen = body.behaviour === undefined ? null : yield* chosenBehaviour("behaviour", body.behaviour)
    const fault = chosen === null ? null : faultReply(chosen)
    if (fault !== null) return { ...fault, body }
    const opened = yield* sessions.spend(token)
    if (opened._tag === "Gone") return yield* whyGone[opened.why]
    const session = chosen === null ? opened.session : { ...opened.session, behaviour: chosen }
    const status = statusOf(body.outcome)
    yield* deliveries.announce(session, status)
    return {
      reply: json(200, { status, redirect_url: redirectOf(session, status) }),
      note: body.outcome,
      body
    }
  },
  Effect.catchTag("Refused", ({ error, response }) =>
    Effect.succeed<{ reply: Reply; note: string; body: unknown }>({
      reply: response,
      note: error,
      body: null
    })
  )
)

const complete = Effect.gen(function* () {
  const wire = yield* Wire
  const { token = "" } = yield* HttpLayerRouter.params
  const { body, note, reply } = yield* judge(token)
  yield* wire.record({
    from: "phone",
    to: "provider",
    method: "POST",
    path: "/hosted/complete",
    status: replyStatus(reply),
    note,
    token,
    body
  })
  return yield* send(reply)
})

/** What the hosted page calls when the user is done. */
export const CompletionLive = HttpLayerRouter.add("POST", "/hosted/complete/:token", complete)
