import { HttpApi } from "@effect/platform"
import { assert, describe, layer as sharing } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { Api } from "../../src/http/Api.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { aBody, unique } from "../suites/fixtures.js"
import { type Around, interceptedTables } from "../suites/interceptedTables.js"
import {
  type Answer,
  adminToken,
  ask,
  deliver,
  ofOneProcess,
  post,
  service,
  start,
  status
} from "./harness.js"
import { aStartedSession, assertProblem, track } from "./requests.js"

/** How the database does: with a failure set, each of its statements ends so. */
class Health extends Context.Tag("test/Health")<
  Health,
  { failure: Effect.Effect<never, StorageUnavailable> | null }
>() {
  static readonly layer = Layer.sync(Health, () => ({ failure: null }))
}

const cause = new Error("disk I/O error in /var/secret.db")
const unavailable = Effect.fail(new StorageUnavailable({ operation: "a statement", cause }))
const defect = Effect.die(cause)

const fragileTables = interceptedTables(
  tablesMemory,
  Effect.map(
    Health,
    (health): Around =>
      (_name, statement) =>
        Effect.flatMap(
          Effect.suspend(() => health.failure ?? Effect.void),
          () => statement
        )
  )
)

const layer = Layer.unwrapEffect(
  Effect.map(Health, (health) =>
    service({ database: ofOneProcess(Layer.provide(fragileTables, Layer.succeed(Health, health))) })
  )
).pipe(Layer.provideMerge(Health.layer))

const during = <A, E, R>(failure: Effect.Effect<never, StorageUnavailable>, test: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.tap(Health, (health) => {
      health.failure = failure
    }),
    () => test,
    (health) =>
      Effect.sync(() => {
        health.failure = null
      })
  )

const asAdmin = { headers: { authorization: `Bearer ${adminToken}` } }

/** Every address that needs the database. */
const requests = (user: Record<string, string>, sessionRef: string, body: Uint8Array) => ({
  "POST /api/start-verification": start(user),
  "POST /api/track-verification": track(user, unique("msess_test_")),
  "GET /api/verify-status": status(user, sessionRef),
  "GET /api/verify-status/stream": ask(`/api/verify-status/stream?session_ref=${sessionRef}`, {
    headers: user
  }),
  "GET /api/verifications": ask("/api/verifications", { headers: user }),
  "POST /api/webhooks/verifyhuman": deliver(body),
  "GET /api/admin/overview": ask("/api/admin/overview", asAdmin),
  "GET /api/admin/sessions": ask("/api/admin/sessions", asAdmin),
  "GET /api/admin/sessions/:session_ref": ask(`/api/admin/sessions/${sessionRef}`, asAdmin),
  "GET /api/admin/events": ask("/api/admin/events", asAdmin),
  "GET /api/admin/events/:id": ask("/api/admin/events/ev_x", asAdmin),
  "POST /api/admin/events/:id/link": post("/api/admin/events/ev_x/link", asAdmin.headers, {
    session_ref: sessionRef
  }),
  "POST /api/admin/events/:id/replay": post("/api/admin/events/ev_x/replay", asAdmin.headers),
  "GET /api/admin/actions": ask("/api/admin/actions", asAdmin),
  "POST /api/admin/actions/:id/redrive": post("/api/admin/actions/msg_x/redrive", asAdmin.headers),
  "DELETE /api/admin/users/:user_id": ask("/api/admin/users/ada", { ...asAdmin, method: "DELETE" }),
  "GET /api/admin/audit": ask("/api/admin/audit", asAdmin),
  "GET /health/ready": ask("/health/ready")
})

/** What is true without it; rejected deliveries are in memory here. */
const withoutDatabase = {
  "GET /health/live": ask("/health/live"),
  "GET /metrics": ask("/metrics", asAdmin),
  "GET /api/admin/trends": ask("/api/admin/trends", asAdmin),
  "GET /api/admin/rejected-deliveries": ask("/api/admin/rejected-deliveries", asAdmin)
}

const addresses = () => {
  const found: Array<string> = []
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { method, path } }) => void found.push(`${method} ${path}`)
  })
  return found
}

describe("failures", () => {
  sharing(layer, { excludeTestServices: true })((it) => {
    it.effect("of the database: 503 everywhere, and everything goes on when it is back", () =>
      Effect.gen(function* () {
        const { sessionRef, token, user } = yield* aStartedSession
        const body = aBody({ token })
        const every = requests(user, sessionRef, body)
        assert.sameMembers([...Object.keys(every), ...Object.keys(withoutDatabase)], addresses())
        const assertUnavailable = (answer: Answer) => {
          assertProblem(answer, 503, "storage_unavailable")
          assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/)
          assert.notInclude(answer.text, "disk")
        }
        yield* during(
          unavailable,
          Effect.gen(function* () {
            for (const request of Object.values(every)) assertUnavailable(yield* request)
            assertUnavailable(yield* status({ ...user, prefer: "wait=30" }, sessionRef))
            assertUnavailable(yield* start({ ...user, "idempotency-key": "key" }, { restart: true }))
            for (const request of Object.values(withoutDatabase)) {
              assert.strictEqual((yield* request).status, 200)
            }
            for (const path of ["/openapi.json", "/docs"]) {
              assert.strictEqual((yield* ask(path)).status, 200, path)
            }
            assertProblem(yield* status(user, "not-a-ref"), 404, "session_not_found")
            assertProblem(yield* ask("/api/verifications"), 401, "unauthenticated")
            assertProblem(yield* deliver(body, {}), 401, "unauthenticated")
          })
        )
        assert.strictEqual((yield* ask("/health/ready")).status, 200)
        assert.strictEqual((yield* status(user, sessionRef)).json.status, "pending")
        assert.strictEqual((yield* start(user)).json.session_ref, sessionRef)
        assert.strictEqual((yield* deliver(body)).status, 200)
        assert.strictEqual((yield* status(user, sessionRef)).json.status, "pass")
      })
    )

    it.effect("that nobody foresaw: 500 everywhere, without a word on why", () =>
      Effect.gen(function* () {
        const { sessionRef, token, user } = yield* aStartedSession
        const every = requests(user, sessionRef, aBody({ token }))
        yield* during(
          defect,
          Effect.gen(function* () {
            for (const request of Object.values(every)) {
              const answer = yield* request
              assertProblem(answer, 500, "internal_error")
              assert.sameMembers(Object.keys(answer.json), ["type", "title", "status", "code"])
              assert.isNotNull(answer.headers.get("x-request-id"))
            }
            for (const request of Object.values(withoutDatabase)) {
              assert.strictEqual((yield* request).status, 200)
            }
          })
        )
        assert.strictEqual((yield* status(user, sessionRef)).json.status, "pending")
      })
    )
  })
})
