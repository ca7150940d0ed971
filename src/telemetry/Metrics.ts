import { counter, gauge, histogram } from "./Instruments.js"

/** Seconds, of requests. */
const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** Seconds, of what may be late by hours. */
const late = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400]

export const starts = counter(
  "starts_total",
  "Starts of verifications: created, resumed, tracked, or the code of the problem",
  "result"
)
export const startSeconds = histogram(
  "start_seconds",
  "How long starts took, the provider's call included",
  quick
)

export const polls = counter(
  "polls_total",
  "Status polls of phones, ended waits included: ok, not_modified, or the code of the problem",
  "result"
)
export const waitingPhones = gauge("waiting_phones", "Phones whose poll is held or whose stream is open")
export const waitSeconds = histogram(
  "wait_seconds",
  "How long phones waited for news",
  [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 300, 900]
)

export const problems = counter("problems_total", "Answers that were problems, by code", "code")

export const deliveries = counter(
  "deliveries_total",
  "Deliveries to the webhook: the state of a new event, duplicate, stale, rejected, or unavailable",
  "result"
)
export const verdicts = counter(
  "verdicts_total",
  "Changes of verdicts, by what caused them (webhook, poll, start, expiry, operator) and what the verdict is now",
  "source",
  "status"
)
export const verdictDelay = histogram(
  "verdict_delay_seconds",
  "From the provider's time in an event that changed a verdict to its commit",
  late
)

export const providerCalls = counter(
  "provider_calls_total",
  "Attempts to call VerifyHuman: ok where it answered 2xx, or what went wrong",
  "call",
  "result"
)
export const providerCallSeconds = histogram(
  "provider_call_seconds",
  "How long VerifyHuman took to answer an attempt",
  quick,
  "call"
)
export const breakerOpen = gauge("breaker_open", "1 while the poller's circuit breaker is open, else 0")
export const refusedProducts = gauge(
  "refused_products",
  "Products whose status VerifyHuman refuses to tell (credentials or credits)"
)

export const actionAttempts = counter(
  "action_attempts_total",
  "Attempts to deliver actions: delivered, failed, or dead when it was the last",
  "result"
)
export const actions = gauge(
  "actions",
  "Actions that are pending or dead; 10,000 at most are counted",
  "state"
)
export const actionBacklogSeconds = gauge("action_backlog_seconds", "Age of the oldest pending action")
export const unmatchedEvents = gauge(
  "unmatched_events",
  "Events that match no session; 10,000 at most are counted"
)
export const expiredWithoutEvent = gauge(
  "expired_without_event",
  "How many of the last 1,000 expired sessions no event ever came for"
)

export const commitGroupSize = histogram(
  "commit_group_size",
  "Transactions that shared one commit",
  [1, 2, 4, 8, 16, 32, 64]
)
export const commitsWaiting = gauge("commits_waiting", "Transactions that wait for their commit")
export const poolConnections = gauge(
  "pool_connections",
  "Connections to PostgreSQL: used, idle, or waited_for",
  "state"
)

export const eventLoopDelay = gauge(
  "event_loop_delay_seconds",
  "The longest delay of the event loop within the last minute"
)
export const residentMemory = gauge("resident_memory_bytes", "Memory of the process")
export const uptime = gauge("uptime_seconds", "Since the process began")
