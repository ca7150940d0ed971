import { type Server, type ServerResponse, STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import { answerHeaders } from "./AnswerHeaders.js"
import { Problem, type ProblemCode, problemContentType } from "./Problem.js"

const codes: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "request_timeout",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "payload_too_large",
  HPE_HEADER_OVERFLOW: "request_header_fields_too_large"
}

const headersOf = (problem: Problem): Readonly<Record<string, string>> => ({
  ...answerHeaders,
  ...problem.allHeaders,
  "content-type": problemContentType,
  "content-length": String(Buffer.byteLength(problem.body)),
  connection: "close"
})

const asText = (problem: Problem): string => {
  const lines = Object.entries(headersOf(problem)).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join("")}\r\n${problem.body}`
}

/**
 * What cannot be parsed as HTTP, or does not come in time, never reaches a handler: it is answered here, with a
 * problem too. An answer that is under way on the same connection must not be mistaken for this one, so it goes first
 * and the connection ends with it.
 */
export const answerUnparsable = (server: Server): void => {
  const latest = new WeakMap<Socket, ServerResponse>()
  server.on("request", ({ socket }, response) => latest.set(socket, response))

  server.on("clientError", (error: Error & { code?: string }, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy()
    const problem = new Problem({ code: codes[error.code ?? ""] ?? "invalid_request" })
    const response = latest.get(socket)
    if (response === undefined || (response.writableFinished && response.req.complete)) {
      return socket.end(asText(problem))
    }
    if (response.writableFinished) return socket.destroy()
    socket.pause()
    if (!response.req.complete && !response.headersSent) {
      return response.writeHead(problem.status, headersOf(problem)).end(problem.body)
    }
    response.once("close", () => socket.destroySoon())
  })
}
