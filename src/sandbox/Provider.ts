import { HttpApiBuilder, HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { Clock, DateTime, Effect, Either, Layer } from "effect"
import type { Product } from "../domain/Product.js"
import { VerifyHumanApi } from "../verifyhuman/VerifyHumanApi.js"
import { parseBehaviour } from "./Behaviour.js"
import { DefaultBehaviour } from "./DefaultBehaviour.js"
import { misbehave } from "./Faults.js"
import { SandboxOptions } from "./SandboxOptions.js"
import { randomId, SandboxSessions } from "./SandboxSessions.js"
import { Wire } from "./Wire.js"

const hourMillis = 3_600_000
const json = (status: number, body: unknown) => HttpServerResponse.unsafeJson(body, { status })
const badKey = json(401, { error: "Invalid API key", status: "ERROR" })

const keyOf = (
  request: HttpServerRequest.HttpServerRequest,
  scheme: string,
  header: string
): string | undefined =>
  request.headers[header] ??
  new RegExp(`^${scheme} (.+)$`, "i").exec(request.headers["authorization"] ?? "")?.[1]

/** `POST /hosted/generate`. */
const HostedLive = HttpApiBuilder.group(VerifyHumanApi, "hosted", (handlers) =>
  Effect.gen(function* () {
    const options = yield* SandboxOptions
    const sessions = yield* SandboxSessions
    const defaults = yield* DefaultBehaviour
    const wire = yield* Wire

    return handlers.handle(
      "generate",
      Effect.fnUntraced(function* ({ payload, request }) {
        const answer = (
          response: HttpServerResponse.HttpServerResponse,
          note: string,
          token: string | null
        ) =>
          Effect.as(
            wire.record({
              from: "service",
              to: "provider",
              method: "POST",
              path: "/hosted/generate",
              status: response.status,
              note,
              token,
              body: payload
            }),
            response
          )
        if (keyOf(request, "Bearer", "x-api-key") !== options.apiKey)
          return yield* answer(badKey, "wrong API key", null)
        const chosen = request.headers["x-sandbox-behaviour"]
        const behaviour =
          chosen === undefined ? yield* defaults.get : Either.getOrNull(parseBehaviour(chosen))
        if (behaviour === null) {
          return yield* answer(
            json(400, { error: "X-Sandbox-Behaviour is not readable" }),
            "unreadable behaviour",
            null
          )
        }
        if (behaviour.fault !== null) {
          if (behaviour.fault === "hang" || behaviour.fault === "cut") {
            yield* wire.record({
              from: "service",
              to: "provider",
              method: "POST",
              path: "/hosted/generate",
              status: null,
              note: behaviour.fault,
              token: null,
              body: payload
            })
            return yield* misbehave(behaviour.fault)
          }
          return yield* answer(yield* misbehave(behaviour.fault), `behaviour ${behaviour.fault}`, null)
        }
        const token = randomId("")
        const expiresAt = (yield* Clock.currentTimeMillis) + (payload.expires_in_hours ?? 1) * hourMillis
        yield* sessions.add({
          token,
          product: payload.product,
          verificationId: randomId("ver_"),
          redirectUrl: payload.redirect_url ?? null,
          failureRedirectUrl: payload.failure_redirect_url ?? null,
          pageTitle: payload.page_title ?? null,
          successMessage: payload.success_message ?? null,
          failureMessage: payload.failure_message ?? null,
          behaviour,
          expiresAt,
          outcome: null
        })
        const body = {
          hosted_url: `${options.publicUrl}/hosted/v/${token}`,
          token,
          expires_at: DateTime.formatIso(DateTime.unsafeMake(expiresAt))
        }
        return yield* answer(json(201, body), "new session", token)
      })
    )
  })
)

/** The mobile status endpoints. */
const MobileLive = HttpApiBuilder.group(VerifyHumanApi, "mobile", (handlers) =>
  Effect.gen(function* () {
    const options = yield* SandboxOptions
    const sessions = yield* SandboxSessions

    const status = (product: Product) =>
      Effect.fnUntraced(function* ({ path }: { readonly path: { readonly id: string } }) {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (keyOf(request, "ClientKey", "x-client-key") !== options.clientKey) return badKey
        const session = yield* sessions.findMobile(product, path.id)
        if (session === null) return json(404, { success: false, error: "Session not found" })
        const decided = session.decidedAt <= (yield* Clock.currentTimeMillis)
        return json(200, {
          success: true,
          session_id: session.sessionId,
          verification_id: decided || product === "verifyhuman" ? session.verificationId : null,
          product,
          outcome: decided ? session.outcome : null,
          next_step: decided ? null : "submit",
          data: {},
          meta: { environment: "test", step: decided ? "done" : "capture" }
        })
      })

    return handlers
      .handle("verifyhuman", status("verifyhuman"))
      .handle("verifyage", status("verifyage"))
      .handle("verifyidentity", status("verifyidentity"))
      .handle("verifycompliance", status("verifycompliance"))
  })
)

/** VerifyHuman's declared API, played. */
export const ProviderLive = Layer.mergeAll(HostedLive, MobileLive)
