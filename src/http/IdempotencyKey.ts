import { Effect } from "effect"
import { sha256 } from "../domain/Digest.js"
import { Problem } from "./Problem.js"

const bare = /^[\x21\x23-\x7e]{1,255}$/
const quoted = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"$/

/** `Idempotency-Key`, quoted as a structured-field string (RFC 8941) or bare; the hash of what it names. */
export const idempotencyKeyHash = (header: string | undefined): Effect.Effect<string | null, Problem> => {
  if (header === undefined) return Effect.succeed(null)
  const key = quoted.exec(header)?.[1]?.replace(/\\(["\\])/g, "$1") ?? bare.exec(header)?.[0]
  return key === undefined
    ? Effect.fail(
        new Problem({
          code: "invalid_request",
          errors: [
            { path: "Idempotency-Key", message: "must be 1 to 255 visible ASCII characters, quoted or bare" }
          ]
        })
      )
    : Effect.succeed(sha256(key))
}
