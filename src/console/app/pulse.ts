import type { Refused } from "./ask.js"

/** Whether what is shown is current: when the service answered last, and what is wrong since. */
export interface Pulse {
  readonly at: number
  readonly trouble: Refused | null
}

let pulse: Pulse = { at: Date.now(), trouble: null }
const listeners = new Set<(pulse: Pulse) => void>()

export const reportPulse = (trouble: Refused | null) => {
  pulse = { at: trouble === null ? Date.now() : pulse.at, trouble }
  for (const listener of listeners) listener(pulse)
}

export const watchPulse = (listener: (pulse: Pulse) => void) => {
  listeners.add(listener)
  listener(pulse)
  return () => {
    listeners.delete(listener)
  }
}
