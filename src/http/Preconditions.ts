/** `If-None-Match` (RFC 9110, weak comparison): the sequences that a phone already knows, if they are of our form. */
export const knownSequences = (header: string | undefined): ReadonlyArray<number> | "any" =>
  header?.trim() === "*"
    ? "any"
    : [...(header ?? "").matchAll(/(?:W\/)?"(\d{1,15})"/g)].map((match) => Number(match[1]))

const longestWaitSeconds = 30

/** `Prefer: wait=N` (RFC 7240) in seconds, at most 30; null when it is absent or not a number. */
export const preferredWait = (header: string | undefined): number | null => {
  for (const preference of (header ?? "").split(",")) {
    const match = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)
    if (match !== null) return Math.min(Number(match[1]), longestWaitSeconds)
  }
  return null
}
