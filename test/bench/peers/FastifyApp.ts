import Fastify, { type FastifyReply } from "fastify"
import { readyPath, signatureHeader, startPath, statusPath, timestampHeader, webhookPath } from "../Terms.js"
import {
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

declare module "fastify" {
  interface FastifyRequest {
    userId: string
  }
}

const text = { type: "string" }
const object = <P extends Readonly<Record<string, unknown>>>(properties: P) => ({
  type: "object",
  properties,
  required: Object.keys(properties)
})

const statusSchema = {
  querystring: object({ session_ref: text }),
  response: {
    200: object({
      session_ref: text,
      status: text,
      reason: { type: ["string", "null"] },
      can_retry: { type: "boolean" },
      expires_at: text,
      updated_at: text
    })
  }
}

const started = object({
  session_ref: text,
  hosted_verification_url: { type: ["string", "null"] },
  status: text,
  expires_at: text
})

const startSchema = {
  body: {
    type: ["object", "null"],
    properties: {
      product: text,
      redirect_url: text,
      failure_redirect_url: text,
      restart: { type: "boolean" }
    },
    additionalProperties: false
  },
  response: { 200: started, 201: started }
}

const refuse = (reply: FastifyReply, code: ProblemCode) => {
  if (code === "unauthenticated") reply.header("www-authenticate", "Bearer")
  return reply
    .code(problemOf(code).status)
    .type(problemType)
    .send(JSON.stringify(problemOf(code)))
}

export const serveFastify = async (backend: Backend, port: number) => {
  const app = Fastify({ ajv: { customOptions: { removeAdditional: false } } })
  app.decorateRequest("userId", "")
  app.addHook("onRequest", (_request, reply, done) => {
    reply.header("cache-control", "no-store")
    done()
  })
  app.setErrorHandler((_error, _request, reply) => refuse(reply, "invalid_request"))

  app.register(async (phone) => {
    phone.addHook("onRequest", (request, reply, done) => {
      const userId = backend.userOf(request.headers.authorization)
      if (userId === null) return void refuse(reply, "unauthenticated")
      request.userId = userId
      done()
    })
    phone.get<{ Querystring: { session_ref: string } }>(
      statusPath,
      { schema: statusSchema },
      (request, reply) => {
        const session = backend.status(request.userId, request.query.session_ref)
        if (session === undefined) return refuse(reply, "session_not_found")
        return reply.headers(statusHeaders(session)).send(statusBody(session))
      }
    )
    phone.post(startPath, { schema: startSchema, bodyLimit: 16 * 1024 }, async (request, reply) => {
      const start = await backend.start(request.userId)
      if ("code" in start) return refuse(reply, start.code)
      return reply.code(start.status).send(startedBody(start.session))
    })
  })

  app.register(async (provider) => {
    provider.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body)
    )
    provider.post(webhookPath, { bodyLimit: 64 * 1024 }, async (request, reply) => {
      const { [signatureHeader]: signature, [timestampHeader]: timestamp } = request.headers
      const accepted = await backend.receive(
        request.body as Buffer,
        signature as string | undefined,
        timestamp as string | undefined
      )
      return accepted ? received : refuse(reply, "unauthenticated")
    })
  })

  app.get(readyPath, () => {
    backend.ping()
    return Promise.resolve(ready)
  })
  await app.listen({ port, host: "127.0.0.1" })
}
