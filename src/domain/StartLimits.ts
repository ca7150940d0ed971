import type { Start } from "./Start.js"

/** How many starts a user may have within a window: those that gave a session, and those that failed. */
export interface StartLimits {
  readonly windowMillis: number
  readonly opened: number
  readonly failed: number
}

const hasFailed = (now: number) => (start: Start) =>
  start.state === "failed" || (start.state === "reserved" && start.leaseUntil <= now)

/** Milliseconds until the user may start again, by the starts of the last window, oldest first; 0 when at once. */
export const startAgainAfter = (limits: StartLimits, now: number, starts: ReadonlyArray<Start>): number => {
  const wait = (counted: ReadonlyArray<Start>, allowed: number): number => {
    const blocking = counted[counted.length - allowed]
    return blocking === undefined ? 0 : blocking.createdAt + limits.windowMillis - now
  }
  const failed = starts.filter(hasFailed(now))
  const opened = starts.filter((start) => !failed.includes(start))
  return Math.max(0, wait(opened, limits.opened), wait(failed, limits.failed))
}
