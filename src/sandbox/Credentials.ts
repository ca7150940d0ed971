import type { HttpServerRequest } from "@effect/platform"
import { Effect } from "effect"
import { invalidKey, type Refused } from "./Refused.js"

const schemes = {
  Bearer: { header: "x-api-key", form: /^Bearer (.+)$/i },
  ClientKey: { header: "x-client-key", form: /^ClientKey (.+)$/i }
} as const

/** A key may come by its scheme of `Authorization`, or in a header of its own. */
export const requireKey = (
  request: HttpServerRequest.HttpServerRequest,
  scheme: keyof typeof schemes,
  key: string
): Effect.Effect<void, Refused> => {
  const { form, header } = schemes[scheme]
  const given = request.headers[header] ?? form.exec(request.headers["authorization"] ?? "")?.[1]
  return given === key ? Effect.void : invalidKey
}
