import { createHash, createSecretKey } from "node:crypto"
import jwt from "jsonwebtoken"
import { jwtSecret } from "../Terms.js"

export interface Credential {
  readonly userId: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

const key = createSecretKey(Buffer.from(jwtSecret))
const bearer = (header: string | undefined) => /^Bearer +(\S+)$/i.exec(header ?? "")?.[1]

const verified = (token: string): Credential | null => {
  try {
    const claims = jwt.verify(token, key, { algorithms: ["HS256"] })
    if (typeof claims === "string" || claims.exp === undefined || !claims.sub) return null
    return { userId: claims.sub, until: claims.exp * 1000 }
  } catch {
    return null
  }
}

/** Who calls; null when nobody can tell. */
export const verifiedUser = (authorization: string | undefined): string | null => {
  const token = bearer(authorization)
  return token === undefined ? null : (verified(token)?.userId ?? null)
}

const most = 10_000
const known = new Map<string, Credential>()

const remember = (digest: string, credential: Credential) => {
  known.set(digest, credential)
  if (known.size <= most) return
  for (const oldest of known.keys()) {
    known.delete(oldest)
    return
  }
}

/** The same, verified once for as long as the token lives. */
export const cachedUser = (authorization: string | undefined): string | null => {
  const token = bearer(authorization)
  if (token === undefined) return null
  const digest = createHash("sha256").update(token).digest("base64")
  const found = known.get(digest)
  if (found !== undefined) {
    if (Date.now() < found.until) return found.userId
    known.delete(digest)
    return null
  }
  const credential = verified(token)
  if (credential === null) return null
  remember(digest, credential)
  return credential.userId
}
