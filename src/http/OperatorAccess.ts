import type { IncomingMessage } from "node:http"
import { HttpApiMiddleware, HttpApiSecurity, HttpServerRequest } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Clock, Context, Effect, Layer, Option, Schema } from "effect"
import { CurrentOperator, type Operator } from "../operators/Operator.js"
import { refuseOtherSites, ticketIn } from "./OperatorTicket.js"
import { type OperatorTokens, tokenHolders } from "./OperatorTokens.js"
import { Problem, problemSchema } from "./Problem.js"

/** Who may operate (contract section 2). Without any token, the operator's routes are not there. */
export class OperatorPolicy extends Context.Tag("verifyhuman-dropin/OperatorPolicy")<
  OperatorPolicy,
  OperatorTokens
>() {}

/** The one answer to every credential that is not an operator's. */
export const noOperator = new Problem({ code: "unauthenticated", headers: { "www-authenticate": "Bearer" } })

/** The way in for operators: one of the tokens, or the console's cookie that was made of one. */
export class OperatorAccess extends HttpApiMiddleware.Tag<OperatorAccess>()(
  "verifyhuman-dropin/OperatorAccess",
  {
    provides: CurrentOperator,
    failure: Schema.Union(problemSchema("unauthenticated"), problemSchema("not_found")),
    security: { operator: HttpApiSecurity.bearer }
  }
) {
  static readonly layer: Layer.Layer<OperatorAccess, never, OperatorPolicy> = Layer.effect(
    OperatorAccess,
    Effect.gen(function* () {
      const holders = tokenHolders(yield* OperatorPolicy)

      const holderOf = Effect.fnUntraced(function* (request: IncomingMessage) {
        const { authorization } = request.headers
        if (authorization !== undefined) {
          return holders.ofToken(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "")
        }
        const holder = holders.ofTicket(ticketIn(request), yield* Clock.currentTimeMillis)
        if (holder !== null) yield* refuseOtherSites(request)
        return holder
      })

      const operator = Effect.gen(function* () {
        if (holders.isEmpty) return yield* new Problem({ code: "not_found" })
        const request = yield* HttpServerRequest.HttpServerRequest
        const holder = yield* holderOf(NodeHttpServerRequest.toIncomingMessage(request))
        if (holder === null) return yield* noOperator
        return {
          actor: holder.actor,
          address: Option.getOrElse(request.remoteAddress, () => "unknown"),
          mayWrite: holder.mayWrite
        } satisfies Operator
      })
      return { operator: () => operator }
    })
  )
}

/** The operator, where something is to be changed. */
export const writer: Effect.Effect<Operator, Problem, CurrentOperator> = Effect.filterOrFail(
  CurrentOperator,
  (operator) => operator.mayWrite,
  () => new Problem({ code: "forbidden" })
)
