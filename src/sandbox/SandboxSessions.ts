import { randomBytes } from "node:crypto"
import { Clock, Context, Effect, Layer } from "effect"
import type { Product } from "../domain/Product.js"
import { afterRequest, type Behaviour } from "./Behaviour.js"

/** A hosted session as the provider remembers it. */
export interface HostedSandboxSession {
  readonly token: string
  readonly product: Product
  readonly verificationId: string
  readonly redirectUrl: string | null
  readonly failureRedirectUrl: string | null
  readonly pageTitle: string | null
  readonly successMessage: string | null
  readonly failureMessage: string | null
  readonly behaviour: Behaviour
  readonly expiresAt: number
  readonly isUsed: boolean
}

/** A session of the mobile REST model; it is decided when its time has come. */
export interface MobileSandboxSession {
  readonly sessionId: string
  readonly verificationId: string
  readonly product: Product
  /** Null: it will never have one. */
  readonly outcome: string | null
  readonly decidedAt: number
  readonly behaviour: Behaviour
}

/** What a token opens: a page, or the reason why there is none. */
export type Opened =
  | { readonly _tag: "Open"; readonly session: HostedSandboxSession }
  | { readonly _tag: "Gone"; readonly why: "unknown" | "used" | "expired" }

export const randomId = (prefix: string): string => `${prefix}${randomBytes(18).toString("base64url")}`

const mostSessions = 10_000

const remember = <A>(map: Map<string, A>, key: string, value: A) => {
  map.set(key, value)
  const oldest = map.size > mostSessions ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
}

const open = (session: HostedSandboxSession | undefined, now: number): Opened => {
  if (session === undefined) return { _tag: "Gone", why: "unknown" }
  if (session.isUsed) return { _tag: "Gone", why: "used" }
  return session.expiresAt <= now ? { _tag: "Gone", why: "expired" } : { _tag: "Open", session }
}

/** The provider's memory: the newest ten thousand sessions of each kind. */
export class SandboxSessions extends Context.Tag("verifyhuman-dropin/SandboxSessions")<
  SandboxSessions,
  {
    readonly add: (session: HostedSandboxSession) => Effect.Effect<void>
    readonly find: (token: string) => Effect.Effect<Opened>
    /** Opens a token and spends it. */
    readonly spend: (token: string) => Effect.Effect<Opened>
    readonly addMobile: (session: MobileSandboxSession) => Effect.Effect<void>
    /** A request for a session's status; faults for a number of requests are counted down. */
    readonly askMobile: (product: Product, id: string) => Effect.Effect<MobileSandboxSession | null>
  }
>() {
  static readonly layer: Layer.Layer<SandboxSessions> = Layer.sync(SandboxSessions, () => {
    const hosted = new Map<string, HostedSandboxSession>()
    const mobile = new Map<string, MobileSandboxSession>()
    const find = (token: string) => Effect.map(Clock.currentTimeMillis, (now) => open(hosted.get(token), now))
    return {
      add: (session) => Effect.sync(() => remember(hosted, session.token, session)),
      find,
      spend: (token) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const opened = open(hosted.get(token), now)
          if (opened._tag === "Open") hosted.set(token, { ...opened.session, isUsed: true })
          return opened
        }),
      addMobile: (session) =>
        Effect.sync(() =>
          remember(
            mobile,
            session.product === "verifyhuman" ? session.verificationId : session.sessionId,
            session
          )
        ),
      askMobile: (product, id) =>
        Effect.sync(() => {
          const found = mobile.get(id)
          if (found?.product !== product) return null
          mobile.set(id, { ...found, behaviour: afterRequest(found.behaviour) })
          return found
        })
    }
  })
}
