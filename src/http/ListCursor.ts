import { isSessionRef } from "../domain/Session.js"
import type { ListCursor } from "../sessions/SessionRepository.js"

export const encodeCursor = ({ createdAt, sessionRef }: ListCursor): string =>
  Buffer.from(`${createdAt}.${sessionRef}`).toString("base64url")

/** Reads what `encodeCursor` wrote; null for anything else. */
export const decodeCursor = (text: string): ListCursor | null => {
  const match = /^(\d{1,15})\.(.+)$/.exec(Buffer.from(text, "base64url").toString("utf8"))
  const sessionRef = match?.[2] ?? ""
  return isSessionRef(sessionRef) ? { createdAt: Number(match?.[1]), sessionRef } : null
}
