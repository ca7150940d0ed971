import type { HttpServer } from "@effect/platform"
import { assert } from "@effect/vitest"
import { Effect, Option, Schedule } from "effect"
import { tokenOf } from "../e2e/backend.js"
import { type Answer, ask, aUser, deliver, start } from "../http/harness.js"
import { aBody, unique } from "../suites/fixtures.js"

type Request = Effect.Effect<Answer, never, HttpServer.HttpServer>

/** Nobody waits for ever. */
export const answered = (request: Request): Request =>
  Effect.timeoutOption(request, "15 seconds").pipe(
    Effect.flatMap(
      Option.match({ onNone: () => Effect.dieMessage("a request hangs"), onSome: Effect.succeed })
    )
  )

/** An answer to come back later, and when. */
export const assertUnavailable = ({ headers, json, status, text }: Answer) => {
  assert.strictEqual(status, 503, text)
  assert.include(["storage_unavailable", "overloaded"], json?.code, text)
  assert.match(headers.get("retry-after") ?? "", /^[1-9]\d*$/)
}

/** True when it was done; else the answer says that it was not, and when to try again. */
export const isDone = (answer: Answer): boolean => {
  if (answer.status >= 200 && answer.status < 300) return true
  assertUnavailable(answer)
  return false
}

/** Again and again, as phones and the provider do, until it is done. */
export const untilDone = (request: Request): Request =>
  answered(request).pipe(
    Effect.filterOrFail(isDone, () => "not yet"),
    Effect.retry(Schedule.spaced("200 millis")),
    Effect.timeoutFail({ duration: "60 seconds", onTimeout: () => new Error("it never gets done") }),
    Effect.orDie
  )

export const readiness: Request = answered(ask("/health/ready", { headers: { connection: "close" } }))

/** Waits until it is so. */
export const eventually = (what: string, isSo: Effect.Effect<boolean>) =>
  Effect.repeat(Effect.delay(isSo, "50 millis"), { until: (so) => so }).pipe(
    Effect.timeoutFail({ duration: "60 seconds", onTimeout: () => new Error(`never: ${what}`) }),
    Effect.orDie
  )

/** A hosted session: first it goes into review, then it passes. */
export const aSession = Effect.gen(function* () {
  const user = yield* aUser()
  const started = yield* untilDone(start(user))
  const fields = { token: tokenOf(started), verificationId: unique("ver_") }
  return {
    user,
    sessionRef: started.json.session_ref as string,
    review: deliver(aBody({ ...fields, status: "PENDING" })),
    pass: deliver(aBody({ ...fields, status: "PASS" }))
  }
})

export type ASession = Effect.Effect.Success<typeof aSession>
