/** One write of an operator (contract section 9): who, what, when, and from where. Nothing in it names a user. */
export interface AuditEntry {
  readonly id: string
  readonly at: number
  /** The token's fingerprint; never the token. */
  readonly actor: string
  readonly address: string
  readonly action: "link" | "replay" | "redrive" | "erase_user"
  /** The event or action that was changed; null for an erased user. */
  readonly target: string | null
  readonly details: Readonly<Record<string, string | number>>
}
