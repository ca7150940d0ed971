import { HttpServer } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { aConnection, type Connection, head, lastAnswer } from "../http/connection.js"
import { aUser, deliver, signed, start, status } from "../http/harness.js"
import { aBody } from "../suites/fixtures.js"
import { aBackend, attempted, tokenOf } from "./backend.js"
import { freePort, scratchDirectory, serve } from "./process.js"

const many = (count: number) => Array.from({ length: count }, (_, index) => index)
const arrived = { expect: "100-continue" }
const continued = /^HTTP\/1\.1 100 /

const aSession = Effect.gen(function* () {
  const user = yield* aUser()
  const started = yield* start(user)
  assert.strictEqual(started.status, 201, started.text)
  return { user, sessionRef: started.json.session_ref as string, body: aBody({ token: tokenOf(started) }) }
})

describe("SIGTERM", () => {
  it.scopedLive(
    "answers what is in flight, sends waiting phones home, takes nothing new, and ends with 0",
    () =>
      Effect.gen(function* () {
        const backend = yield* aBackend
        const opened = (request: Parameters<typeof head>[0], then: RegExp) =>
          Effect.gen(function* () {
            const connection = yield* aConnection(backend.port)
            yield* connection.send(head(request))
            yield* connection.until(then)
            return connection
          })

        yield* Effect.gen(function* () {
          const service = yield* backend.serve()
          const idle = yield* opened({ method: "GET", path: "/health/live" }, /"live"/)
          const silent = yield* aConnection(backend.port)

          const { sessionRef, user } = yield* aSession
          const path = `/api/verify-status?session_ref=${sessionRef}`
          const waiting = { ...user, ...arrived, prefer: "wait=30" }
          const wait = yield* opened({ method: "GET", path, headers: waiting }, continued)
          const sameAgain = { ...waiting, "if-none-match": '"0"' }
          const unchanged = yield* opened({ method: "GET", path, headers: sameAgain }, continued)
          const stream = yield* opened(
            { method: "GET", path: path.replace("?", "/stream?"), headers: user },
            /event: status/
          )

          const decided = yield* Effect.forEach(many(10), () => aSession)
          const webhooks = yield* Effect.forEach(decided, ({ body }) =>
            opened(
              {
                method: "POST",
                path: "/api/webhooks/verifyhuman",
                headers: { ...signed(body), ...arrived, "content-length": String(body.length) }
              },
              continued
            )
          )

          backend.provider.hold()
          const late = yield* aUser()
          const slow = yield* opened(
            {
              method: "POST",
              path: "/api/start-verification",
              headers: { ...late, ...arrived, "content-length": "0" }
            },
            continued
          )
          yield* Effect.repeat(Effect.sleep("10 millis"), { until: () => backend.provider.held() === 1 })

          yield* service.signal("SIGTERM")
          yield* idle.closed
          yield* silent.closed
          assert.match(String(yield* Effect.flip(aConnection(backend.port))), /ECONNREFUSED/)
          assert.strictEqual(lastAnswer(yield* wait.closed).status, 200)
          assert.strictEqual(lastAnswer(yield* unchanged.closed).status, 304)
          assert.match(yield* stream.closed, /\r\n0\r\n\r\n$/)
          yield* Effect.forEach(webhooks, (connection, index) => connection.send(decided[index]?.body ?? ""))
          for (const connection of webhooks) {
            assert.deepInclude(lastAnswer(yield* connection.closed), {
              status: 200,
              body: '{"received":true}'
            })
          }
          backend.provider.release()
          const started = lastAnswer(yield* slow.closed)
          assert.strictEqual(started.status, 201)
          assert.deepStrictEqual(yield* service.ended, { code: 0, signal: null })
          assert.notInclude(service.stdout(), "did not end in time")

          yield* backend.serve()
          for (const { sessionRef, user } of decided) {
            assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
          }
          const again = yield* start(late)
          assert.strictEqual(again.status, 200)
          assert.strictEqual(again.json.session_ref, JSON.parse(started.body).session_ref)
        }).pipe(Effect.provideService(HttpServer.HttpServer, backend.server))
      }),
    60_000
  )

  it.scopedLive(
    "in a storm of webhooks: every answer is a good one, and what was answered is there",
    () =>
      Effect.gen(function* () {
        const backend = yield* aBackend
        yield* Effect.gen(function* () {
          const service = yield* backend.serve()
          const sessions = yield* Effect.forEach(many(240), () => aSession, { concurrency: 32 })
          const answered = new Set<(typeof sessions)[number]>()
          let isTold = false
          yield* Effect.forEach(
            sessions.flatMap((session) => many(4).map(() => session)),
            (session) =>
              Effect.gen(function* () {
                const answer = yield* attempted(deliver(session.body))
                if (answer === null) return
                assert.strictEqual(answer.status, 200)
                answered.add(session)
                if (answered.size < 15 || isTold) return
                isTold = true
                yield* service.signal("SIGTERM")
              }),
            { concurrency: 32, discard: true }
          )
          assert.deepStrictEqual(yield* service.ended, { code: 0, signal: null })
          assert.isBelow(answered.size, sessions.length)
          yield* backend.serve()
          for (const { sessionRef, user } of answered) {
            assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
          }
        }).pipe(Effect.provideService(HttpServer.HttpServer, backend.server))
      }),
    60_000
  )

  it.scopedLive(
    "ends the sandbox too, with somebody looking at the wire",
    () =>
      Effect.gen(function* () {
        const port = yield* freePort
        const sandboxPort = yield* freePort
        const service = yield* serve(port, {
          cwd: yield* scratchDirectory,
          env: { SANDBOX_PORT: String(sandboxPort) }
        })
        const looking = (connection: Connection, path: string, then: RegExp) =>
          Effect.zipRight(connection.send(head({ method: "GET", path })), connection.until(then))
        const wire = yield* aConnection(sandboxPort)
        yield* looking(wire, "/sandbox/wire", /text\/event-stream/)
        const idle = yield* aConnection(sandboxPort)
        yield* looking(idle, "/sandbox/behaviour", /"names"/)
        assert.deepStrictEqual(yield* service.stop("SIGTERM"), { code: 0, signal: null })
        yield* wire.closed
        yield* idle.closed
      }),
    60_000
  )
})
