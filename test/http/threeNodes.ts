import { HttpServer } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import { emptyDatabase, sharedDatabase } from "../postgres/database.js"
import { node, Provider, type Service } from "./harness.js"

/** Each look at the address shows the next one: every request of a test goes to another node. */
const inTurn = (servers: ReadonlyArray<HttpServer.HttpServer>): HttpServer.HttpServer => {
  let turn = 0
  return {
    ...(servers[0] as HttpServer.HttpServer),
    get address() {
      turn = (turn + 1) % servers.length
      return (servers[turn] as HttpServer.HttpServer).address
    }
  }
}

/** Three nodes that share nothing but a database and the provider, behind a round-robin. */
export const threeNodes: Service = (overrides = {}) =>
  Layer.unwrapScoped(
    Effect.gen(function* () {
      const url = yield* emptyDatabase
      const aNode = Effect.flatMap(Layer.makeMemoMap, (memoMap) =>
        Effect.flatMap(Effect.scope, (scope) =>
          Layer.buildWithMemoMap(node({ database: sharedDatabase(url), ...overrides }), memoMap, scope)
        )
      )
      const nodes = yield* Effect.replicateEffect(aNode, 3)
      const [first] = nodes
      if (first === undefined) return yield* Effect.dieMessage("there are three")
      const servers = nodes.map((context) => Context.get(context, HttpServer.HttpServer))
      return Layer.succeedContext(Context.add(first, HttpServer.HttpServer, inTurn(servers)))
    })
  ).pipe(Layer.provideMerge(Provider.layer), Layer.provide(NodeContext.layer))
