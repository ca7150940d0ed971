import { randomBytes } from "node:crypto"
import { HttpServer } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Schedule } from "effect"
import { aUser, deliver, start, status } from "../http/harness.js"
import { aBody } from "../suites/fixtures.js"
import { actionReceiver } from "./actionReceiver.js"
import { aBackend, attempted, tokenOf } from "./backend.js"

const together = { concurrency: 16 }
const secret = `whsec_${randomBytes(32).toString("base64")}`

/** A review, and then the decision that reverses it: two actions, in this order. */
const aSession = (index: number) =>
  Effect.gen(function* () {
    const user = yield* aUser()
    const started = yield* start(user)
    assert.strictEqual(started.status, 201, started.text)
    const fields = { token: tokenOf(started), verificationId: `ver_${index}` }
    return {
      user,
      sessionRef: started.json.session_ref as string,
      verdict: index % 2 === 0 ? "pass" : "fail",
      bodies: [
        aBody({ ...fields, status: "PENDING" }),
        aBody({ ...fields, status: index % 2 === 0 ? "PASS" : "FAIL" })
      ]
    }
  })

describe("kill -9 with actions", () => {
  it.scopedLive(
    "loses no verdict that was acknowledged, and brings each to the receiver, in order",
    () =>
      Effect.gen(function* () {
        const backend = yield* aBackend
        const receiver = yield* actionReceiver(secret)
        const boot = backend.serve({ ACTION_WEBHOOK_URL: receiver.url, ACTION_WEBHOOK_SECRETS: secret })
        let kills = 0

        const scenario = Effect.gen(function* () {
          const first = yield* boot
          const sessions = yield* Effect.forEach(
            Array.from({ length: 48 }, (_, index) => index),
            aSession,
            together
          )

          /** As the provider does it: again and again, until it is acknowledged. */
          const send = (body: Uint8Array) =>
            attempted(deliver(body)).pipe(
              Effect.flatMap((answer) => (answer?.status === 200 ? Effect.void : Effect.fail("not yet"))),
              Effect.retry(Schedule.spaced("50 millis"))
            )
          const sending = yield* Effect.forEach(
            sessions,
            ({ bodies }) => Effect.forEach(bodies, (body) => Effect.delay(send(body), "300 millis")),
            { concurrency: 6, discard: true }
          ).pipe(Effect.fork)

          let service = first
          for (const takenBefore of [8, 25, 50]) {
            yield* Effect.sleep("20 millis").pipe(
              Effect.repeat({
                until: () => receiver.taken.length >= takenBefore || sending.unsafePoll() !== null
              })
            )
            assert.strictEqual((yield* service.stop("SIGKILL")).signal, "SIGKILL")
            kills++
            receiver.recover()
            service = yield* boot
          }
          yield* Fiber.join(sending)

          for (const { sessionRef, user, verdict } of sessions) {
            assert.strictEqual((yield* status(user, sessionRef)).json.status, verdict)
          }

          const decisions = () =>
            new Set(
              receiver.taken.filter(({ sequence }) => sequence === 2).map(({ sessionRef }) => sessionRef)
            )
          yield* Effect.sleep("100 millis").pipe(
            Effect.repeat({ until: () => decisions().size === sessions.length }),
            Effect.timeout("90 seconds"),
            Effect.ignore
          )
          for (const { sessionRef, verdict } of sessions) {
            const mine = receiver.taken.filter((action) => action.sessionRef === sessionRef)
            const firsts = mine.filter(({ id }, at) => mine.findIndex((other) => other.id === id) === at)
            assert.deepStrictEqual(
              firsts.map(({ sequence, status }) => `${sequence} ${status}`),
              ["1 pending", `2 ${verdict}`]
            )
          }
          assert.deepStrictEqual(receiver.refused, [])
          assert.strictEqual(kills, 3)
          assert.isAbove(receiver.failures(), 0)
        })
        yield* Effect.provideService(scenario, HttpServer.HttpServer, backend.server)
      }),
    240_000
  )
})
