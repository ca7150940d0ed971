import { assert, describe, it, layer as sharing } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { adminToken, ask, aToken, aUser, post, readToken, type Service, serviceKey } from "../http/harness.js"
import {
  aDeadAction,
  delivered,
  everything,
  operator,
  read,
  reader,
  reads,
  write
} from "../http/operators.js"
import { aStartedSession, asService, assertProblem } from "../http/requests.js"

const writes = ["events/ev_none/link", "events/ev_none/replay", "actions/ac_none/redrive"].map(
  (path) => `/api/admin/${path}`
)

/** Who gets into the operator's routes, over a real socket (contract section 9). */
export const operatorAccessSuite = (name: string, service: Service) => {
  const layer = Layer.fresh(service())
  const everyRoute: ReadonlyArray<readonly [method: string, path: string]> = [
    ...reads.map((path) => ["GET", path] as const),
    ...writes.map((path) => ["POST", path] as const)
  ]
  const withTokens = <A, E>(
    tokens: { readonly write: ReadonlyArray<string>; readonly read: ReadonlyArray<string> },
    test: Effect.Effect<A, E, Layer.Layer.Success<ReturnType<typeof service>>>
  ) =>
    Effect.provide(
      test,
      service({
        operators: { tokens: tokens.write.map(Redacted.make), readTokens: tokens.read.map(Redacted.make) }
      })
    )

  describe(`who operates: ${name}`, () => {
    sharing(layer, { excludeTestServices: true })((it) => {
      it.effect("turns every other credential away with one answer, on every route", () =>
        Effect.gen(function* () {
          const user = yield* aUser()
          const jwt = yield* Effect.promise(() => aToken({ sub: adminToken }))
          const credentials: ReadonlyArray<Record<string, string>> = [
            {},
            { authorization: "" },
            { authorization: "Bearer" },
            { authorization: adminToken },
            { authorization: `Basic ${adminToken}` },
            { authorization: `Bearer ${adminToken.slice(0, -1)}` },
            { authorization: `Bearer ${adminToken}x` },
            { authorization: `Bearer ${adminToken} ${adminToken}` },
            { authorization: `Bearer ${adminToken.toUpperCase()}` },
            { authorization: `Bearer ${jwt}` },
            { authorization: `Bearer ${serviceKey}` },
            { cookie: `token=${adminToken}`, "x-api-key": adminToken },
            asService("user-1"),
            user
          ]
          const bodies = new Set<string>()
          for (const [method, path] of everyRoute) {
            for (const headers of credentials) {
              const answer = yield* ask(`${path}?token=${adminToken}`, { method, headers })
              assertProblem(answer, 401, "unauthenticated")
              assert.strictEqual(answer.headers.get("www-authenticate"), "Bearer")
              bodies.add(answer.text)
            }
          }
          assert.strictEqual(bodies.size, 1)
        })
      )

      it.effect("lets both kinds of token read, whatever the case of the scheme", () =>
        Effect.gen(function* () {
          for (const path of reads.filter((path) => !path.includes("_none"))) {
            for (const headers of [operator, reader, { authorization: `bearer ${readToken}` }]) {
              const answer = yield* ask(path, { headers })
              assert.strictEqual(answer.status, 200, answer.text)
              assert.strictEqual(answer.headers.get("cache-control"), "no-store")
            }
          }
        })
      )

      it.effect("gives an operator's token no way into the phone's routes", () =>
        Effect.gen(function* () {
          const answer = yield* ask("/api/verifications", { headers: { ...operator, "x-user-id": "u" } })
          assertProblem(answer, 401, "unauthenticated")
        })
      )

      it.effect("answers 403 to a read token on each write, which changes nothing", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* aStartedSession
          const { action } = yield* aDeadAction
          const { id } = yield* delivered({})
          const before = yield* Effect.all([everything("events"), everything("actions"), everything("audit")])
          for (const path of [
            ...writes,
            `/api/admin/events/${id}/link`,
            `/api/admin/events/${id}/replay`,
            `/api/admin/actions/${action.id}/redrive`
          ]) {
            for (const body of [{ session_ref: sessionRef }, "{", undefined]) {
              assertProblem(yield* post(path, reader, body), 403, "forbidden")
            }
          }
          assert.deepStrictEqual(
            yield* Effect.all([everything("events"), everything("actions"), everything("audit")]),
            before
          )
          assert.strictEqual((yield* write(`actions/${action.id}/redrive`)).status, 200)
        })
      )

      it.effect("answers 405 with Allow to another method, also where the path has parameters", () =>
        Effect.gen(function* () {
          for (const [method, path, allow] of [
            ["POST", "/api/admin/events", "GET, HEAD"],
            ["DELETE", "/api/admin/sessions/vs_none", "GET, HEAD"],
            ["POST", "/api/admin/events/ev_none", "GET, HEAD"],
            ["GET", "/api/admin/events/ev_none/link", "POST"],
            ["GET", "/api/admin/users/ada", "DELETE"],
            ["POST", "/metrics", "GET, HEAD"],
            ["PUT", "/api/admin/events/ev_none/replay", "POST"],
            ["DELETE", "/api/admin/actions/%20/redrive", "POST"]
          ] as const) {
            const answer = yield* ask(path, { method, headers: operator })
            assertProblem(answer, 405, "method_not_allowed")
            assert.strictEqual(answer.headers.get("allow"), allow)
          }
          for (const path of ["events//link", "events/ev_none/x", "sessions/vs_x/y", "none"]) {
            assertProblem(yield* read(path), 404, "not_found")
          }
        })
      )
    })

    it.live("has none of these routes without a token", () =>
      withTokens(
        { write: [], read: [] },
        Effect.gen(function* () {
          for (const [method, path] of everyRoute) {
            for (const headers of [{}, operator, { authorization: "Bearer " }]) {
              assertProblem(yield* ask(path, { method, headers }), 404, "not_found")
            }
          }
        })
      )
    )

    it.live("has them with a read token alone, with which nobody writes", () =>
      withTokens(
        { write: [], read: [readToken] },
        Effect.gen(function* () {
          assert.strictEqual((yield* ask("/api/admin/audit", { headers: reader })).status, 200)
          assertProblem(yield* ask("/api/admin/audit", { headers: operator }), 401, "unauthenticated")
          for (const path of writes) assertProblem(yield* post(path, reader), 403, "forbidden")
        })
      )
    )
  })
}
