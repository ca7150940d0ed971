import { randomBytes } from "node:crypto"
import { Clock, Context, Effect, Layer } from "effect"
import type { Product } from "../domain/Product.js"
import type { Behaviour } from "./Behaviour.js"

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
  readonly outcome: string | null
}

/** A session of the mobile REST model; it is decided when its time has come. */
export interface MobileSandboxSession {
  readonly sessionId: string
  readonly verificationId: string
  readonly product: Product
  readonly outcome: string
  readonly decidedAt: number
}

export const randomId = (prefix: string): string => `${prefix}${randomBytes(18).toString("base64url")}`

const mostSessions = 10_000

const remember = <A>(map: Map<string, A>, key: string, value: A) => {
  map.set(key, value)
  const oldest = map.size > mostSessions ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
}

/** The provider's memory: the newest ten thousand sessions. */
export class SandboxSessions extends Context.Tag("verifyhuman-dropin/SandboxSessions")<
  SandboxSessions,
  {
    readonly add: (session: HostedSandboxSession) => Effect.Effect<void>
    readonly find: (token: string) => Effect.Effect<HostedSandboxSession | null>
    /** Spends the token: null when there is none to spend, or its time is over. */
    readonly complete: (token: string, outcome: string) => Effect.Effect<HostedSandboxSession | null>
    readonly addMobile: (session: MobileSandboxSession) => Effect.Effect<void>
    readonly findMobile: (product: Product, id: string) => Effect.Effect<MobileSandboxSession | null>
  }
>() {
  static readonly layer: Layer.Layer<SandboxSessions> = Layer.sync(SandboxSessions, () => {
    const hosted = new Map<string, HostedSandboxSession>()
    const mobile = new Map<string, MobileSandboxSession>()
    return {
      add: (session) => Effect.sync(() => remember(hosted, session.token, session)),
      find: (token) => Effect.sync(() => hosted.get(token) ?? null),
      complete: Effect.fnUntraced(function* (token, outcome) {
        const session = hosted.get(token)
        const now = yield* Clock.currentTimeMillis
        if (session === undefined || session.outcome !== null || session.expiresAt <= now) return null
        const completed = { ...session, outcome }
        hosted.set(token, completed)
        if (session.product === "verifyhuman") {
          remember(mobile, session.verificationId, {
            sessionId: session.token,
            verificationId: session.verificationId,
            product: session.product,
            outcome,
            decidedAt: now
          })
        }
        return completed
      }),
      addMobile: (session) =>
        Effect.sync(() =>
          remember(
            mobile,
            session.product === "verifyhuman" ? session.verificationId : session.sessionId,
            session
          )
        ),
      findMobile: (product, id) =>
        Effect.sync(() => {
          const found = mobile.get(id)
          return found?.product === product ? found : null
        })
    }
  })
}
