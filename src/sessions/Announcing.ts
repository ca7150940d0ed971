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
  changes.reduce(
    (before: Effect.Effect<void>, { sessionRef, verdict }) =>
      Effect.flatMap(before, () => {
        verdicts.add(source, verdict.status)
        return feed.publish(sessionRef)
      }),
    Effect.void
  )
