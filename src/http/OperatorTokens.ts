import { createHash, createHmac, timingSafeEqual } from "node:crypto"
import { Redacted } from "effect"

/** Who presented a token: its fingerprint, and whether it may change anything. */
interface TokenHolder {
  readonly actor: string
  readonly mayWrite: boolean
}

export interface OperatorTokens {
  readonly tokens: ReadonlyArray<Redacted.Redacted>
  /** These may only read. */
  readonly readTokens: ReadonlyArray<Redacted.Redacted>
}

const digest = (text: string) => createHash("sha256").update(text).digest()

const seal = (token: string, expiresAt: string) =>
  createHmac("sha256", token).update(`console:${expiresAt}`).digest()

/** What a browser keeps instead of the token: it ends at a time, and with the token. */
export const ticketOf = (token: string, expiresAt: number): string =>
  `${expiresAt}.${seal(token, String(expiresAt)).toString("hex")}`

const ticketForm = /^(\d{1,15})\.([0-9a-f]{64})$/

/** Tells who holds a token, or a ticket made of one. Every token is tried, each in constant time. */
export const tokenHolders = ({ readTokens, tokens }: OperatorTokens) => {
  const holder = (mayWrite: boolean) => (token: Redacted.Redacted) => {
    const hash = digest(Redacted.value(token))
    return { token, hash, actor: `token ${hash.toString("hex").slice(0, 8)}`, mayWrite }
  }
  // A token that is in both lists may write.
  const holders = [...readTokens.map(holder(false)), ...tokens.map(holder(true))]
  const among = (isTheirs: (known: (typeof holders)[number]) => boolean) =>
    holders.reduce<TokenHolder | null>((found, known) => (isTheirs(known) ? known : found), null)

  return {
    isEmpty: holders.length === 0,
    ofToken: (token: string) => {
      const given = digest(token)
      return among(({ hash }) => timingSafeEqual(hash, given))
    },
    ofTicket: (ticket: string, now: number) => {
      const [, expiresAt = "", hex = ""] = ticketForm.exec(ticket) ?? []
      if (hex === "" || Number(expiresAt) <= now) return null
      const given = Buffer.from(hex, "hex")
      return among(({ token }) => timingSafeEqual(seal(Redacted.value(token), expiresAt), given))
    }
  }
}
