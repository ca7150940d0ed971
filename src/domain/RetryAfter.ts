/** What is asked for beyond this is cut: nobody should be told to stay away for longer. */
const longestMillis = 24 * 60 * 60 * 1000

/** `Retry-After` (RFC 9110) in milliseconds from now: seconds, or an HTTP date; null when it is neither. */
export const retryAfterMillis = (header: string | undefined, now: number): number | null => {
  if (header === undefined) return null
  if (/^\d+$/.test(header)) return Math.min(longestMillis, Number(header) * 1000)
  const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(header)
    ? Date.parse(header)
    : Number.NaN
  return Number.isNaN(date) ? null : Math.min(longestMillis, Math.max(0, date - now))
}
