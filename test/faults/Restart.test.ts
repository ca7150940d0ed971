import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { aNodeStarter } from "./node.js"
import { aReceiver } from "./receiver.js"
import { eventually } from "./requests.js"
import { aServer } from "./server.js"
import { assertKept, traffic, watchingReadiness } from "./traffic.js"

describe("PostgreSQL that restarts under load", () => {
  it.scopedLive(
    "loses nothing that was acknowledged, makes nobody hang, and needs nobody to go on",
    () =>
      Effect.gen(function* () {
        const server = yield* aServer
        const receiver = yield* aReceiver
        const serve = yield* aNodeStarter
        const nodes = [yield* serve(server.url, receiver.env), yield* serve(server.url, receiver.env)]
        const readiness = yield* Effect.forEach(nodes, watchingReadiness)
        const all = (status: number) => Effect.sync(() => readiness.every(({ last }) => last() === status))
        const { over, sessions } = yield* traffic(nodes)

        for (const signal of ["SIGINT", "SIGQUIT"] as const) {
          const before = sessions.length
          yield* eventually(
            "there is traffic",
            Effect.sync(() => sessions.length >= before + 10)
          )
          yield* server.stop(signal)
          yield* eventually("no node is ready", all(503))
          yield* Effect.sleep("1 second")
          assert.isTrue(yield* all(503))
          yield* server.start
          yield* eventually("all nodes are ready", all(200))
        }
        yield* over

        for (const node of nodes) yield* assertKept(node, sessions)
        yield* eventually(
          "all actions arrive",
          Effect.sync(() => sessions.every(({ sessionRef }) => receiver.firsts(sessionRef).length === 2))
        )
        for (const { sessionRef } of sessions) assert.deepStrictEqual(receiver.firsts(sessionRef), [1, 2])
        for (const node of nodes) {
          assert.strictEqual(node.said("Request failed"), 0)
          assert.strictEqual(node.said("LISTEN does not work"), 0)
        }
      }),
    180_000
  )
})
