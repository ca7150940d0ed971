import { createHash, timingSafeEqual } from "node:crypto"
import { HttpApiMiddleware, HttpApiSecurity, HttpServerRequest } from "@effect/platform"
import { Context, Effect, Layer, Option, Redacted, Schema } from "effect"
import { CurrentOperator, type Operator } from "../operators/Operator.js"
import { Problem, problemSchema } from "./Problem.js"

/** Who may operate (contract section 2). Without any token, the operator's routes are not there. */
export class OperatorPolicy extends Context.Tag("verifyhuman-dropin/OperatorPolicy")<
  OperatorPolicy,
  {
    readonly tokens: ReadonlyArray<Redacted.Redacted>
    /** These may only read. */
    readonly readTokens: ReadonlyArray<Redacted.Redacted>
  }
>() {}

const digest = (text: string) => createHash("sha256").update(text).digest()

const isAmong = (hashes: ReadonlyArray<Buffer>, given: Buffer): boolean =>
  hashes.reduce((found, hash) => timingSafeEqual(hash, given) || found, false)

/** The way in for operators: one of the tokens, compared in constant time. */
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
      const policy = yield* OperatorPolicy
      const writers = policy.tokens.map((token) => digest(Redacted.value(token)))
      const readers = policy.readTokens.map((token) => digest(Redacted.value(token)))

      const operator = Effect.gen(function* () {
        if (writers.length + readers.length === 0) return yield* new Problem({ code: "not_found" })
        const request = yield* HttpServerRequest.HttpServerRequest
        const token = /^Bearer +(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1] ?? ""
        const given = digest(token)
        const mayWrite = isAmong(writers, given)
        const mayRead = isAmong(readers, given)
        if (!mayWrite && !mayRead) {
          return yield* new Problem({ code: "unauthenticated", headers: { "www-authenticate": "Bearer" } })
        }
        return {
          actor: `token ${given.toString("hex").slice(0, 8)}`,
          address: Option.getOrElse(request.remoteAddress, () => "unknown"),
          mayWrite
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
