import { product, startLimit } from "../Terms.js"
import type { Start } from "./Backend.js"
import type { Generate } from "./Generate.js"
import type { Session, Statements } from "./Statements.js"
import { newId, sha256 } from "./Webhook.js"

const hourMillis = 3_600_000
const leastLifeMillis = 120_000
const fingerprint = sha256(JSON.stringify([product, "hosted", 1]))

/** An open session is handed out again; a new one is stored by `insert`, which answers after the commit. */
export const makeStart =
  (statements: Statements, generate: Generate, insert: (session: Session) => void | Promise<void>) =>
  async (userId: string): Promise<Start> => {
    const now = Date.now()
    const open = statements.findOpen.get(userId, fingerprint)
    if (open !== undefined && open.expires_at > now + leastLifeMillis) return { status: 200, session: open }
    if ((statements.startsSince.get(userId, now - hourMillis) ?? 0) >= startLimit) {
      return { status: 429, code: "rate_limited" }
    }
    const hosted = await generate().catch(() => null)
    if (hosted === null) return { status: 503, code: "provider_unavailable" }
    const session: Session = {
      session_ref: newId("vs"),
      user_id: userId,
      product,
      fingerprint,
      open: 1,
      token_hash: sha256(hosted.token),
      hosted_url: hosted.hosted_url,
      status: "pending",
      reason: "awaiting_result",
      sequence: 0,
      provider_time: null,
      created_at: now,
      updated_at: now,
      expires_at: Date.parse(hosted.expires_at)
    }
    await insert(session)
    return { status: 201, session }
  }
