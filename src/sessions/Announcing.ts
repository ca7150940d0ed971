import { Effect } from "effect"
import type { VerdictChange } from "../domain/VerdictChange.js"
import { verdicts } from "../telemetry/Metrics.js"
import type { SessionFeed } from "./SessionFeed.js"

/** Tells, after the commit, whoever waits for these sessions; and counts what caused the changes. */
export const announce = (
  feed: SessionFeed["Type"],
  source: "webhook" | "poll" | "start" | "expiry" | "operator",
  changes: ReadonlyArray<VerdictChange>
): Effect.Effect<void> =>
  Effect.forEach(
    changes,
    ({ sessionRef, verdict }) => {
      verdicts.add(source, verdict.status)
      return feed.publish(sessionRef)
    },
    { discard: true }
  )
