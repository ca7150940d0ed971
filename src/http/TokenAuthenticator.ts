import { isUtf8 } from "node:buffer"
import { subtle, timingSafeEqual } from "node:crypto"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { type JWTVerifyGetKey, jwtVerify } from "jose"
import { sha256 } from "../domain/Digest.js"
import { escaped } from "../domain/Text.js"
import type { Caller } from "../sessions/Caller.js"
import { Authenticator } from "./Authenticator.js"
import { isOutage, keySetAlgorithms, keySetAt, noKeySet } from "./KeySet.js"
import { Problem } from "./Problem.js"
import { secretEdition, TokenCache } from "./TokenCache.js"

/** How user tokens and service keys are verified (contract section 2, `AUTH_*` and `SERVICE_API_KEYS`). */
export class AuthenticationPolicy extends Context.Tag("verifyhuman-dropin/AuthenticationPolicy")<
  AuthenticationPolicy,
  {
    readonly jwksUrl: string | null
    readonly jwtSecret: Redacted.Redacted | null
    readonly issuer: string | null
    readonly audience: string | null
    readonly userClaim: string
    readonly serviceKeys: ReadonlyArray<Redacted.Redacted>
  }
>() {}

const longestUserId = 255
const secretAlgorithm = "HS256"

const unauthenticated = () =>
  new Problem({ code: "unauthenticated", headers: { "www-authenticate": "Bearer" } })

const notVerified = (cause: unknown) =>
  isOutage(cause) ? new Problem({ code: "authentication_unavailable", cause }) : unauthenticated()

const userIdNeeded = () =>
  new Problem({
    code: "invalid_request",
    errors: [{ path: "X-User-Id", message: "must name the user for whom a service key acts" }]
  })

const isUserId = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= longestUserId && escaped(value) === value

const bearer = (header: string | undefined): string | null =>
  /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i.exec(header ?? "")?.[1] ?? null

/** Header bytes are UTF-8 to everybody but `node:http`, which reads them as Latin-1; null when they are not. */
const headerText = (header: string): string | null => {
  const bytes = Buffer.from(header, "latin1")
  return isUtf8(bytes) ? bytes.toString("utf8") : null
}

const hmacKey = (secret: Redacted.Redacted) =>
  Effect.promise(() =>
    subtle.importKey(
      "raw",
      new TextEncoder().encode(Redacted.value(secret)),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"]
    )
  )

export const tokenAuthenticatorLayer: Layer.Layer<Authenticator, never, AuthenticationPolicy> = Layer.effect(
  Authenticator,
  Effect.gen(function* () {
    const policy = yield* AuthenticationPolicy
    const serviceKeys = policy.serviceKeys.map((key) => Buffer.from(sha256(Redacted.value(key))))
    const secret = policy.jwtSecret === null ? null : yield* hmacKey(policy.jwtSecret)
    const keySet = policy.jwksUrl === null ? noKeySet : keySetAt(policy.jwksUrl)
    const cache = new TokenCache()

    const isServiceKey = (digest: string): boolean =>
      serviceKeys.reduce((found, key) => timingSafeEqual(key, Buffer.from(digest)) || found, false)

    /** An algorithm has keys of its own: no public key is ever taken for the secret. */
    const keyOf: JWTVerifyGetKey = (header, token) =>
      header.alg === secretAlgorithm && secret !== null ? secret : keySet.keys(header, token)

    const demands = {
      algorithms: secret === null ? keySetAlgorithms : [secretAlgorithm, ...keySetAlgorithms],
      requiredClaims: ["exp"],
      ...(policy.issuer === null ? {} : { issuer: policy.issuer }),
      ...(policy.audience === null ? {} : { audience: policy.audience })
    }

    const verified = (token: string, now: number) =>
      Effect.tryPromise({
        try: () => jwtVerify(token, keyOf, { ...demands, currentDate: new Date(now) }),
        catch: notVerified
      })

    const user = Effect.fnUntraced(function* (token: string, digest: string) {
      const now = yield* Clock.currentTimeMillis
      const known = cache.find(digest, now, keySet.edition())
      if (known !== null) return known
      const { payload, protectedHeader } = yield* verified(token, now)
      const userId = payload[policy.userClaim]
      if (!isUserId(userId)) return yield* unauthenticated()
      const expiresAt = (payload.exp ?? 0) * 1000
      const caller: Caller = { userId, kind: "user", expiresAt }
      const edition = protectedHeader.alg === secretAlgorithm ? secretEdition : keySet.edition()
      if (edition !== null) cache.keep(digest, { caller, until: expiresAt, edition })
      return caller
    })

    const service = (userId: string | undefined): Effect.Effect<Caller, Problem> => {
      const named = userId === undefined ? null : headerText(userId)
      return isUserId(named)
        ? Effect.succeed({ userId: named, kind: "service", expiresAt: null })
        : Effect.fail(userIdNeeded())
    }

    return {
      known: ({ authorization }, now) => {
        const token = bearer(authorization)
        return token === null ? null : cache.find(sha256(token), now, keySet.edition())
      },
      authenticate: ({ authorization, userId }) => {
        const token = bearer(authorization)
        if (token === null) return Effect.fail(unauthenticated())
        const digest = sha256(token)
        return isServiceKey(digest) ? service(userId) : user(token, digest)
      }
    }
  })
)
