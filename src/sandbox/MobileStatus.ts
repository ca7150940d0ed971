import type { Product } from "../domain/Product.js"
import { type MobileSandboxSession, randomId } from "./SandboxSessions.js"

/** A product that is not this one. */
export const otherProduct = (product: Product): Product =>
  product === "verifyhuman" ? "verifyage" : "verifyhuman"

/** A session's outcome; null while it has none. */
export const outcomeAt = ({ decidedAt, outcome }: MobileSandboxSession, now: number): string | null =>
  decidedAt <= now ? outcome : null

/** The documented envelope of a session's status, as true as the session's behaviour wants it. */
export const mobileStatus = (session: MobileSandboxSession, now: number): unknown => {
  const { quirks } = session.behaviour
  const outcome = outcomeAt(session, now)
  const isDecided = outcome !== null
  if (quirks.has("wrong-shape")) return { success: true, result: { outcome: session.outcome } }
  const sessionId = quirks.has("wrong-session") ? randomId("msess_test_") : session.sessionId
  const verificationId = quirks.has("wrong-session") ? randomId("ver_") : session.verificationId
  return {
    success: !quirks.has("no-success"),
    session_id: sessionId,
    verification_id: isDecided || session.product === "verifyhuman" ? verificationId : null,
    product: quirks.has("wrong-product") ? otherProduct(session.product) : session.product,
    outcome,
    next_step: isDecided ? null : "submit",
    data: {},
    meta: {
      environment: quirks.has("wrong-environment") ? "live" : "test",
      step: isDecided ? "done" : "capture"
    }
  }
}
