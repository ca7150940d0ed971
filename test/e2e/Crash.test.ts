import { HttpServer } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect } from "effect"
import { aUser, deliver, start, status } from "../http/harness.js"
import { aBody, unique } from "../suites/fixtures.js"
import { aBackend, attempted, tokenOf } from "./backend.js"
import type { RunningProcess } from "./process.js"

const together = { concurrency: 48 }
const many = (count: number) => Array.from({ length: count }, (_, index) => index)

const aSession = (index: number) =>
  Effect.gen(function* () {
    const user = yield* aUser()
    const started = yield* start(user)
    assert.strictEqual(started.status, 201, started.text)
    const eventId = unique("evt-")
    const verdict = index % 2 === 0 ? "pass" : "fail"
    return {
      user,
      sessionRef: started.json.session_ref as string,
      eventId,
      verdict,
      body: aBody({ id: eventId, token: tokenOf(started), status: verdict.toUpperCase() })
    }
  })

type Session = Effect.Effect.Success<ReturnType<typeof aSession>>

const assertDecided = (sessions: Iterable<Session>) =>
  Effect.forEach(
    sessions,
    ({ sessionRef, user, verdict }) =>
      Effect.map(status(user, sessionRef), ({ json }) => assert.strictEqual(json.status, verdict)),
    { ...together, discard: true }
  )

/** Asks the file itself, past the service. */
const assertKept = (file: string, sessions: Iterable<Session>) => {
  const database = new Database(file, { readonly: true, fileMustExist: true })
  const found = database.prepare("SELECT state, session_ref FROM events WHERE event_id = ?")
  for (const { eventId, sessionRef } of sessions) {
    assert.deepStrictEqual(found.all(eventId), [{ state: "applied", session_ref: sessionRef }])
  }
  assert.deepStrictEqual(database.pragma("integrity_check"), [{ integrity_check: "ok" }])
  database.close()
}

/** Kills the process in the middle of many requests, and tells what had been answered. */
const cutOff = <A>(
  service: RunningProcess,
  requests: ReadonlyArray<A>,
  enough: number,
  send: (request: A) => Effect.Effect<{ readonly status: number } | null, never, HttpServer.HttpServer>
) =>
  Effect.gen(function* () {
    const answers = new Map<A, { readonly status: number }>()
    yield* Effect.forEach(
      requests,
      (request) =>
        Effect.gen(function* () {
          const answer = yield* send(request)
          if (answer !== null) answers.set(request, answer)
          if (answers.size === enough) yield* service.signal("SIGKILL")
        }),
      { ...together, discard: true }
    )
    assert.strictEqual((yield* service.ended).signal, "SIGKILL")
    return answers
  })

describe("kill -9", () => {
  it.scopedLive(
    "in a storm of webhooks: whatever was answered 200 is there, the rest can be sent again",
    () =>
      Effect.gen(function* () {
        const backend = yield* aBackend
        const decided: Array<Session> = []

        const round = Effect.fnUntraced(function* (enough: number) {
          const service = yield* backend.serve()
          const sessions = yield* Effect.forEach(many(70), aSession, together)
          const copies = sessions.flatMap((session) => many(4).map(() => ({ session })))
          const answers = yield* cutOff(service, copies, enough, ({ session }) =>
            attempted(deliver(session.body))
          )
          for (const { status } of answers.values()) assert.strictEqual(status, 200)
          const answered = new Set([...answers.keys()].map(({ session }) => session))
          assert.isBelow(answered.size, sessions.length)

          yield* backend.serve()
          yield* assertDecided(answered)
          assertKept(backend.database, answered)
          const rest = sessions.filter((session) => !answered.has(session))
          for (const { status } of yield* Effect.forEach(rest, ({ body }) => deliver(body), together)) {
            assert.strictEqual(status, 200)
          }
          yield* assertDecided(rest)
          decided.push(...sessions)
          assertKept(backend.database, decided)
        }, Effect.scoped)

        yield* Effect.forEach([20, 60, 120], round, { discard: true }).pipe(
          Effect.provideService(HttpServer.HttpServer, backend.server)
        )
      }),
    90_000
  )

  it.scopedLive(
    "in a storm of starts: every session that was answered exists, and everybody can start again",
    () =>
      Effect.gen(function* () {
        const backend = yield* aBackend
        yield* Effect.gen(function* () {
          const service = yield* backend.serve()
          const users = yield* Effect.forEach(many(120), () => aUser())
          const requests = users.map((user) => ({
            user,
            headers: { ...user, "idempotency-key": unique("key-") }
          }))
          const refs = new Map<(typeof requests)[number], string>()
          const answers = yield* cutOff(service, requests, 40, (request) =>
            Effect.gen(function* () {
              const answer = yield* attempted(start(request.headers))
              if (answer !== null) refs.set(request, answer.json.session_ref)
              return answer
            })
          )
          for (const { status } of answers.values()) assert.strictEqual(status, 201)
          assert.isBelow(answers.size, requests.length)

          yield* backend.serve()
          for (const [{ headers, user }, sessionRef] of refs) {
            assert.strictEqual((yield* status(user, sessionRef)).json.status, "pending")
            const replayed = yield* start(headers)
            assert.deepStrictEqual([replayed.status, replayed.json.session_ref], [201, sessionRef])
            const resumed = yield* start(user)
            assert.deepStrictEqual([resumed.status, resumed.json.session_ref], [200, sessionRef])
          }
          yield* Effect.forEach(
            requests.filter((request) => !refs.has(request)),
            ({ headers, user }) =>
              Effect.gen(function* () {
                const started = yield* start(headers)
                assert.include([200, 201], started.status, started.text)
                const { json } = yield* status(user, started.json.session_ref)
                assert.strictEqual(json.status, "pending")
                assert.strictEqual((yield* start(user)).json.session_ref, started.json.session_ref)
              }),
            together
          )
        }).pipe(Effect.provideService(HttpServer.HttpServer, backend.server))
      }),
    90_000
  )
})
