import { serve } from "@hono/node-server"
import { type Context, Hono } from "hono"
import { createMiddleware } from "hono/factory"
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

const noStore = { "cache-control": "no-store" }

const refuse = (c: Context, code: ProblemCode) =>
  c.body(JSON.stringify(problemOf(code)), problemOf(code).status, {
    ...noStore,
    "content-type": problemType,
    ...(code === "unauthenticated" ? { "www-authenticate": "Bearer" } : {})
  })

export const serveHono = (backend: Backend, port: number) => {
  const app = new Hono<{ Variables: { userId: string } }>()

  const signedIn = createMiddleware<{ Variables: { userId: string } }>(async (c, next) => {
    const userId = backend.userOf(c.req.header("authorization"))
    if (userId === null) return refuse(c, "unauthenticated")
    c.set("userId", userId)
    await next()
  })

  app.get(statusPath, signedIn, (c) => {
    const session = backend.status(c.get("userId"), c.req.query("session_ref") ?? "")
    if (session === undefined) return refuse(c, "session_not_found")
    return c.json(statusBody(session), 200, { ...noStore, ...statusHeaders(session) })
  })

  app.post(startPath, signedIn, async (c) => {
    if (!isStartBody(parsedBody(await c.req.text()))) return refuse(c, "invalid_request")
    const start = await backend.start(c.get("userId"))
    if ("code" in start) return refuse(c, start.code)
    return c.json(startedBody(start.session), start.status, noStore)
  })

  app.post(webhookPath, async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer())
    const signature = c.req.header(signatureHeader)
    const accepted = await backend.receive(body, signature, c.req.header(timestampHeader))
    return accepted ? c.json(received, 200, noStore) : refuse(c, "unauthenticated")
  })

  app.get(readyPath, (c) => {
    backend.ping()
    return c.json(ready)
  })

  serve({ fetch: app.fetch, port, hostname: "127.0.0.1" })
}
