import { HttpServerRequest } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect, ParseResult, Schema } from "effect"
import { Refused } from "./Refused.js"

/** The longest body that is read, in bytes. */
const limit = 16 * 1024

const tooLarge = new Refused({
  status: 413,
  error: `The body is longer than ${limit} bytes`,
  headers: { connection: "close" }
})
const notJson = new Refused({ status: 400, error: "The body is not JSON in UTF-8" })

/** The exact bytes of a body, read once; one over the limit, declared or chunked, is read no further. */
export const readBytes: Effect.Effect<Buffer, Refused, HttpServerRequest.HttpServerRequest> = Effect.flatMap(
  Effect.map(HttpServerRequest.HttpServerRequest, NodeHttpServerRequest.toIncomingMessage),
  (request) =>
    Effect.async<Buffer, Refused>((resume) => {
      if (Number(request.headers["content-length"] ?? 0) > limit) return resume(tooLarge)
      const chunks: Array<Buffer> = []
      let length = 0
      request
        .on("data", (chunk: Buffer) => {
          length += chunk.length
          if (length <= limit) return chunks.push(chunk)
          request.pause()
          return resume(tooLarge)
        })
        .once("end", () => resume(Effect.succeed(Buffer.concat(chunks))))
        .on("error", () => resume(notJson))
    })
)

export const parseJson = (bytes: Uint8Array): Effect.Effect<unknown, Refused> =>
  Effect.try({
    try: () => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown,
    catch: () => notJson
  })

/** Which fields are at fault; never their values. */
const complaint = (error: ParseResult.ParseError): string => {
  const issues = ParseResult.ArrayFormatter.formatErrorSync(error).map(({ _tag, path }) => {
    const field = path.length === 0 ? "the body" : path.join(".")
    return _tag === "Missing" ? `${field} is missing` : `${field} is not acceptable`
  })
  return [...new Set(issues)].join(", ")
}

const expecting = (expected: string) =>
  Effect.mapError(
    ({ error, status }: Refused) => new Refused({ status, error: `${error}; expected ${expected}` })
  )

/** Reads a value by a schema; what does not fit is refused with 422. */
export const decode =
  <A, I>(schema: Schema.Schema<A, I>, onExcessProperty: "ignore" | "error" = "error") =>
  (value: unknown): Effect.Effect<A, Refused> =>
    Schema.decodeUnknown(schema)(value, { errors: "all", onExcessProperty }).pipe(
      Effect.mapError((error) => new Refused({ status: 422, error: complaint(error) }))
    )

/** A JSON body by a schema. Its content type does not matter: it may come from a plain `curl -d`. */
export const readJson = <A, I>(schema: Schema.Schema<A, I>, expected: string) =>
  readBytes.pipe(
    Effect.flatMap((bytes) => Effect.flatMap(parseJson(bytes), decode(schema)).pipe(expecting(expected)))
  )
