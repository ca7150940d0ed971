import { assert } from "@effect/vitest"
import { type Context, Effect, Layer } from "effect"
import { Authenticator } from "../../src/http/Authenticator.js"
import { AuthenticationPolicy, tokenAuthenticatorLayer } from "../../src/http/TokenAuthenticator.js"
import type { Caller } from "../../src/sessions/Caller.js"
import { authenticationPolicy } from "./harness.js"

/** What the authenticator of a policy makes of headers. Without a word on it, there is neither secret nor key set. */
export const authenticating = (policy: Partial<Context.Tag.Service<AuthenticationPolicy>>) =>
  Effect.gen(function* () {
    const { authenticate, known } = yield* Authenticator
    const refusal = (authorization: string | undefined, userId?: string) =>
      Effect.map(Effect.flip(authenticate({ authorization, userId })), (problem) => ({
        code: problem.code,
        whole: JSON.stringify([problem.status, problem.body, problem.allHeaders])
      }))
    return {
      caller: (token: string, userId?: string): Effect.Effect<Caller> =>
        Effect.orDie(authenticate({ authorization: `Bearer ${token}`, userId })),
      /** Who is known by this token already. */
      known: (token: string, now: number) =>
        known?.({ authorization: `Bearer ${token}`, userId: undefined }, now) ?? null,
      refusal,
      /** Refused as everybody is, with not a word on why. */
      refuses: (authorization: string | undefined, why: string) =>
        Effect.gen(function* () {
          const uniform = yield* refusal(undefined)
          assert.strictEqual(uniform.code, "unauthenticated")
          assert.strictEqual((yield* refusal(authorization)).whole, uniform.whole, why)
        })
    }
  }).pipe(
    Effect.provide(
      tokenAuthenticatorLayer.pipe(
        Layer.provide(
          Layer.succeed(AuthenticationPolicy, { ...authenticationPolicy, jwtSecret: null, ...policy })
        )
      )
    )
  )
