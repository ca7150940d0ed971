import type { ContestantName } from "./Contestants.js"
import type { Workload } from "./Workloads.js"

/** One contestant under one workload in one round. */
export interface Measurement {
  readonly round: number
  readonly contestant: ContestantName
  readonly workload: Workload
  /** Requests a second. */
  readonly rate: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** The share of its core that the contestant used; what leaves it idle was slower than it. */
  readonly busy: number | null
  /** Of the process, after all of the round's workloads; in bytes, null where the system does not tell. */
  readonly peakMemory: number | null
}
