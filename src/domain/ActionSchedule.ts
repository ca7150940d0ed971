const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** After which attempt the next one comes how much later (contract section 7). */
const pauses = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour]

const longestRetryAfter = 24 * hour

/**
 * Milliseconds until the attempt after the `tries`th, lengthened by up to a tenth as `random` (0 to 1) says, and at
 * least as long as the receiver asked for; null when there is to be none.
 */
export const pauseAfter = (tries: number, retryAfterMillis: number | null, random: number): number | null => {
  const pause = pauses[tries - 1]
  return pause === undefined
    ? null
    : Math.max(pause * (1 + random / 10), Math.min(retryAfterMillis ?? 0, longestRetryAfter))
}
