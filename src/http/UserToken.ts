import { Effect, Redacted } from "effect"
import { SignJWT } from "jose"

export interface UserTokenOptions {
  readonly jwtSecret: Redacted.Redacted
  readonly issuer: string | null
  readonly audience: string | null
  readonly userClaim: string
}

/** A made-up user's JWT (HS256), for the sandbox and for tests; times in seconds since the epoch. */
export const signUserToken = (
  { audience, issuer, jwtSecret, userClaim }: UserTokenOptions,
  user: string,
  issuedAt: number,
  expiresAt: number
): Effect.Effect<string> => {
  const claims = {
    sub: user,
    [userClaim]: user,
    iat: issuedAt,
    exp: expiresAt,
    ...(issuer === null ? {} : { iss: issuer }),
    ...(audience === null ? {} : { aud: audience })
  }
  const secret = new TextEncoder().encode(Redacted.value(jwtSecret))
  return Effect.promise(() => new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(secret))
}
