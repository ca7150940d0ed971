import type { IncomingMessage } from "node:http"
import { Effect, type Option, ParseResult, Schema } from "effect"
import { invalidRequest } from "./InvalidRequest.js"
import { Problem } from "./Problem.js"

export const tooLarge = () => new Problem({ code: "payload_too_large", headers: { connection: "close" } })
const unreadable = (message: string) =>
  new Problem({ code: "invalid_request", errors: [{ path: "", message }] })

/** Whether the declared body is over the limit, before anything of it is read. */
export const isOversize = ({ headers }: IncomingMessage, limit: number): boolean =>
  Number(headers["content-length"] ?? 0) > limit

/** Neither a length nor pieces (RFC 9112, section 6.3). */
const hasNoBody = ({ headers }: IncomingMessage): boolean =>
  (headers["content-length"] ?? "0") === "0" && headers["transfer-encoding"] === undefined

const brokenOff = () => unreadable("the body ended too early")

const readPieces = (request: IncomingMessage, limit: number): Effect.Effect<Buffer, Problem> =>
  Effect.async((resume) => {
    const chunks: Array<Buffer> = []
    let length = 0
    const settle = (result: Effect.Effect<Buffer, Problem>) => {
      request.off("data", onData).off("end", onEnd).off("close", onClose)
      resume(result)
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) {
        request.pause()
        return settle(Effect.fail(tooLarge()))
      }
      chunks.push(chunk)
    }
    const onEnd = () =>
      settle(Effect.succeed(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    const onClose = () => settle(Effect.fail(brokenOff()))
    request.on("data", onData).on("end", onEnd).on("close", onClose)
  })

const noBytes = Buffer.alloc(0)

/** The exact bytes of a body, read once; a body over the limit, declared or chunked, is read no further. */
export const readBytes = (request: IncomingMessage, limit: number): Effect.Effect<Buffer, Problem> => {
  if (isOversize(request, limit)) return Effect.fail(tooLarge())
  if (request.destroyed) return Effect.fail(brokenOff())
  return hasNoBody(request) ? Effect.succeed(noBytes) : readPieces(request, limit)
}

const decodeJson = (bytes: Buffer): Effect.Effect<unknown, Problem> =>
  Effect.try({
    try: () => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown,
    catch: () => unreadable("the body is not JSON in UTF-8")
  })

const isJson = (request: IncomingMessage): boolean =>
  /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")

const decoded = <A, I>(
  schema: Schema.Schema<A, I>,
  request: IncomingMessage,
  bytes: Buffer
): Effect.Effect<A, Problem> =>
  isJson(request)
    ? Effect.flatMap(decodeJson(bytes), (json) =>
        Effect.mapError(
          Schema.decodeUnknown(schema)(json, { errors: "all", onExcessProperty: "error" }),
          (error) => invalidRequest(ParseResult.ArrayFormatter.formatErrorSync(error))
        )
      )
    : Effect.fail(new Problem({ code: "unsupported_media_type" }))

/** An optional JSON body; none when it is empty. Unknown fields are refused, and no value is ever quoted. */
export const readJson = <A, I>(
  schema: Schema.Schema<A, I>,
  request: IncomingMessage,
  limit: number
): Effect.Effect<Option.Option<A>, Problem> =>
  Effect.flatMap(readBytes(request, limit), (bytes) =>
    bytes.length === 0 ? Effect.succeedNone : Effect.asSome(decoded(schema, request, bytes))
  )
