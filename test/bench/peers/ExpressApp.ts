import express, { type RequestHandler, type Response } from "express"
import { readyPath, signatureHeader, startPath, statusPath, timestampHeader, webhookPath } from "../Terms.js"
import {
  isStartBody,
  type ProblemCode,
  problemOf,
  problemType,
  ready,
  received,
  startedBody,
  statusBody,
  statusHeaders
} from "./Answers.js"
import type { Backend } from "./Backend.js"

const refuse = (response: Response, code: ProblemCode) => {
  if (code === "unauthenticated") response.set("www-authenticate", "Bearer")
  response
    .status(problemOf(code).status)
    .type(problemType)
    .send(JSON.stringify(problemOf(code)))
}

export const serveExpress = (backend: Backend, port: number) => {
  const app = express().disable("x-powered-by").disable("etag")

  app.use((_request, response, next) => {
    response.set("cache-control", "no-store")
    next()
  })

  const signedIn: RequestHandler = (request, response, next) => {
    const userId = backend.userOf(request.get("authorization"))
    if (userId === null) return refuse(response, "unauthenticated")
    response.locals["userId"] = userId
    next()
  }

  app.get(statusPath, signedIn, (request, response) => {
    const { session_ref: sessionRef } = request.query
    const session =
      typeof sessionRef === "string" ? backend.status(response.locals["userId"], sessionRef) : undefined
    if (session === undefined) return refuse(response, "session_not_found")
    response.set(statusHeaders(session)).json(statusBody(session))
  })

  app.post(startPath, signedIn, express.json({ limit: "16kb" }), async (request, response) => {
    if (!isStartBody(request.body)) return refuse(response, "invalid_request")
    const start = await backend.start(response.locals["userId"])
    if ("code" in start) return refuse(response, start.code)
    response.status(start.status).json(startedBody(start.session))
  })

  app.post(
    webhookPath,
    express.raw({ type: "application/json", limit: "64kb" }),
    async (request, response) => {
      const signature = request.get(signatureHeader)
      const accepted = await backend.receive(request.body, signature, request.get(timestampHeader))
      if (!accepted) return refuse(response, "unauthenticated")
      response.json(received)
    }
  )

  app.get(readyPath, (_request, response) => {
    backend.ping()
    response.json(ready)
  })

  app.listen(port, "127.0.0.1")
}
