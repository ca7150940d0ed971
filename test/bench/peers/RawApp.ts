import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { readyPath, signatureHeader, startPath, statusPath, timestampHeader, webhookPath } from "../Terms.js"
import {
  isStartBody,
  type ProblemCode,
  parsedBody,
  problemOf,
  problemType,
  ready,
  received,
  startedBody,
  statusBody,
  statusHeaders
} from "./Answers.js"
import type { Backend } from "./Backend.js"

type Headers = Readonly<Record<string, string>>

const send = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Headers = {},
  type = "application/json"
) => {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    "content-type": type,
    "content-length": bytes.length,
    "cache-control": "no-store",
    ...headers
  })
  response.end(bytes)
}

const refuse = (response: ServerResponse, code: ProblemCode) =>
  send(
    response,
    problemOf(code).status,
    problemOf(code),
    code === "unauthenticated" ? { "www-authenticate": "Bearer" } : {},
    problemType
  )

const read = (request: IncomingMessage, limit: number): Promise<Buffer | null> =>
  new Promise((resolve, reject) => {
    const chunks: Array<Buffer> = []
    let length = 0
    request.on("data", (chunk: Buffer) => {
      length += chunk.length
      if (length <= limit) chunks.push(chunk)
    })
    request.on("end", () => resolve(length > limit ? null : Buffer.concat(chunks)))
    request.on("error", reject)
  })

const header = (request: IncomingMessage, name: string) => request.headers[name] as string | undefined

export const serveRaw = (backend: Backend, port: number) => {
  const start = async (request: IncomingMessage, response: ServerResponse, userId: string) => {
    const bytes = await read(request, 16 * 1024)
    if (bytes === null) return refuse(response, "payload_too_large")
    if (!isStartBody(parsedBody(bytes.toString("utf8")))) return refuse(response, "invalid_request")
    const start = await backend.start(userId)
    if ("code" in start) return refuse(response, start.code)
    send(response, start.status, startedBody(start.session))
  }

  const webhook = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = await read(request, 64 * 1024)
    if (bytes === null) return refuse(response, "payload_too_large")
    const signature = header(request, signatureHeader)
    const accepted = await backend.receive(bytes, signature, header(request, timestampHeader))
    if (!accepted) return refuse(response, "unauthenticated")
    send(response, 200, received)
  }

  const status = (response: ServerResponse, userId: string, query: string | undefined) => {
    const sessionRef = new URLSearchParams(query).get("session_ref")
    const session = sessionRef === null ? undefined : backend.status(userId, sessionRef)
    if (session === undefined) return refuse(response, "session_not_found")
    send(response, 200, statusBody(session), statusHeaders(session))
  }

  const route = (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
    const { method, url = "" } = request
    const [path, query] = url.split("?", 2)
    if (method === "POST" && path === webhookPath) return webhook(request, response)
    if (method === "GET" && path === readyPath) {
      backend.ping()
      return send(response, 200, ready)
    }
    const isStatus = method === "GET" && path === statusPath
    if (!isStatus && !(method === "POST" && path === startPath)) return refuse(response, "not_found")
    const userId = backend.userOf(request.headers.authorization)
    if (userId === null) return refuse(response, "unauthenticated")
    return isStatus ? status(response, userId, query) : start(request, response, userId)
  }

  createServer((request, response) => {
    Promise.resolve(route(request, response)).catch(() => response.destroy())
  }).listen(port, "127.0.0.1")
}
