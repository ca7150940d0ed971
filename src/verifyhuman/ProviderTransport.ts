import type { HttpClientRequest } from "@effect/platform"
import { Context, type Effect } from "effect"
import { ProviderRejected, type ProviderTimeout, ProviderUnavailable } from "./VerifyHumanError.js"

/** The longest answer that is read, in bytes. */
export const largestAnswer = 64 * 1024

/** So long a connection may take to end a refusal that nobody reads, before it is closed. */
export const letGoMillis = 1000

export interface ProviderReply {
  readonly status: number
  readonly retryAfter: string | undefined
  /** To the byte; null for any answer but 2xx, which is known as soon as its head is there. */
  readonly body: Buffer | null
}

export type Sending = Effect.Effect<ProviderReply, ProviderUnavailable | ProviderRejected | ProviderTimeout>

export const hasBody = (status: number): boolean => status >= 200 && status <= 299

/** No answer, or none to its end. */
export const unavailable = () => new ProviderUnavailable({ retryAfterMillis: null })

export const tooLong = () => new ProviderRejected({ why: "unexpected_shape", status: null })

/** Carries a request to the provider, and follows no redirect. */
export class ProviderTransport extends Context.Tag("verifyhuman-dropin/ProviderTransport")<
  ProviderTransport,
  {
    /**
     * Given up when it is interrupted, and at `until` (milliseconds since the epoch, to a hundredth of a second), with
     * `ProviderTimeout`: then also where its caller cannot be interrupted. Nobody else limits it.
     */
    readonly send: (request: HttpClientRequest.HttpClientRequest, until: number) => Sending
  }
>() {}
