import { Layer } from "effect"
import { VerdictPolicy } from "../../src/sessions/VerdictPolicy.js"
import { inboxLayer } from "../../src/storage/InboxLive.js"
import { outboxLayer } from "../../src/storage/OutboxLive.js"
import { pollTimetableLayer } from "../../src/storage/PollTimetableLive.js"
import { recordsLayer } from "../../src/storage/RecordsLive.js"
import { retentionStoreLayer } from "../../src/storage/RetentionStoreLive.js"
import { sessionRepositoryLayer } from "../../src/storage/SessionRepositoryLive.js"
import { verdictPolicy } from "./fixtures.js"

/** Every port of storage; what is behind them is for the test to say. */
export const ports = Layer.mergeAll(
  sessionRepositoryLayer,
  inboxLayer,
  outboxLayer,
  pollTimetableLayer,
  recordsLayer,
  retentionStoreLayer
).pipe(Layer.provide(Layer.succeed(VerdictPolicy, verdictPolicy)))
