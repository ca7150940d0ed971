import { Layer } from "effect"
import { VerdictPolicy } from "../../src/sessions/VerdictPolicy.js"
import { inboxLayer } from "../../src/storage/InboxLive.js"
import { outboxLayer } from "../../src/storage/OutboxLive.js"
import { pollTimetableLayer } from "../../src/storage/PollTimetableLive.js"
import { recordsLayer } from "../../src/storage/RecordsLive.js"
import { retentionStoreLayer } from "../../src/storage/RetentionStoreLive.js"
import { sessionRepositoryLayer } from "../../src/storage/SessionRepositoryLive.js"
import { verdictPolicy } from "./fixtures.js"

/** Every port of storage; the tables behind them, and the policy, are for the test to say. */
export const ports = Layer.mergeAll(
  sessionRepositoryLayer,
  inboxLayer,
  outboxLayer,
  pollTimetableLayer,
  recordsLayer,
  retentionStoreLayer
)

/** The ports as most tests want them. */
export const testPorts = Layer.provide(ports, Layer.succeed(VerdictPolicy, verdictPolicy))
