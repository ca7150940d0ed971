import type { Mode } from "./Options.js"
import type { Workload } from "./Workloads.js"

export interface Plan {
  readonly rounds: number
  readonly warmUp: Readonly<Record<Workload, number>>
  readonly seconds: number
}

/** Seconds of load for each contestant and workload. */
export const plans: Readonly<Record<Mode, Plan>> = {
  quick: { rounds: 1, warmUp: { S: 1.5, W: 1, C: 1 }, seconds: 2.5 },
  default: { rounds: 3, warmUp: { S: 5, W: 5, C: 8 }, seconds: 5 },
  full: { rounds: 5, warmUp: { S: 10, W: 10, C: 10 }, seconds: 10 }
}

/** More than anybody answers in a second: each is sent once, to a session or by a user of its own. */
export const mostPerSecond = 16_000
