import type { Session } from "./Statements.js"

export type Start =
  | { readonly status: 200 | 201; readonly session: Session }
  | { readonly status: 429 | 503; readonly code: "rate_limited" | "provider_unavailable" }

/** What is behind the three endpoints, whatever framework is in front. */
export interface Backend {
  /** Who calls; null when nobody can tell. */
  readonly userOf: (authorization: string | undefined) => string | null
  readonly status: (userId: string, sessionRef: string) => Session | undefined
  readonly start: (userId: string) => Promise<Start>
  /** False when the signature is not accepted; answered after the commit. */
  readonly receive: (
    body: Buffer,
    signature: string | undefined,
    timestamp: string | undefined
  ) => boolean | Promise<boolean>
  readonly ping: () => void
}
