import type { Action, ActionAttempt } from "../domain/Action.js"
import type { AuditEntry } from "../domain/Audit.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import { iso } from "../domain/Iso.js"
import type { Session } from "../domain/Session.js"
import type { Start } from "../domain/Start.js"
import type { VerdictChange } from "../domain/VerdictChange.js"
import { referencesIn } from "../domain/WebhookEvent.js"
import type { SessionRecord } from "../operators/Records.js"
import { problemsIn, type Trend } from "../operators/Trends.js"
import type { RejectedDelivery } from "../webhooks/RejectedDeliveries.js"
import { adviceOn } from "./FailureAdvice.js"
import type { SessionTimeline } from "./OperatorBodies.js"
import { isFailure, titleOf } from "./Problem.js"

const isoOrNull = (millis: number | null): string | null => (millis === null ? null : iso(millis))

/** Deliberately without the body. */
export const eventItem = (event: InboxEvent) => ({
  id: event.id,
  event_id: event.eventId,
  source: event.source,
  state: event.state,
  why: event.why,
  type: event.type,
  environment: event.eventEnvironment,
  product: event.product,
  outcome: event.outcome,
  provider_status: event.providerStatus,
  provider_time: event.providerTime === null ? null : `${event.providerTime}Z`,
  received_at: iso(event.receivedAt),
  copies: event.copies,
  signature_scheme: event.scheme,
  secret: event.secretIndex === null ? null : event.secretIndex + 1,
  session_ref: event.sessionRef
})

export const eventBody = (event: InboxEvent) => ({
  ...eventItem(event),
  carries: event.body === null ? [] : referencesIn(event.body)
})

/** What the service could not do, newest first. */
export const failuresIn = (trends: ReadonlyArray<Trend>) =>
  problemsIn(trends)
    .flatMap(({ code, count, lastAt }) =>
      isFailure(code)
        ? [{ code, title: titleOf(code), advice: adviceOn(code), count, last_at: iso(lastAt) }]
        : []
    )
    .sort((a, b) => (a.last_at < b.last_at ? 1 : -1))

export const trendItem = (trend: Trend) => ({
  at: iso(trend.at),
  passed: trend.passed,
  failed: trend.failed,
  rejected_deliveries: trend.rejected,
  provider_errors: trend.providerErrors,
  webhook_delay: trend.webhookDelay,
  waiting_phones: trend.waitingPhones,
  pending_actions: trend.pendingActions,
  dead_actions: trend.deadActions
})

export const actionItem = (action: Action) => ({
  id: action.id,
  session_ref: action.sessionRef,
  type: action.type,
  sequence: action.sequence,
  state: action.state,
  attempts: action.attempts,
  created_at: iso(action.createdAt),
  next_attempt_at: action.state === "pending" ? iso(action.nextAttemptAt) : null,
  finished_at: isoOrNull(action.finishedAt)
})

export const auditItem = (entry: AuditEntry) => ({ ...entry, at: iso(entry.at) })

export const rejectedItem = ({ at, bytes, diagnosis, reason }: RejectedDelivery) => ({
  at: iso(at),
  reason,
  bytes,
  diagnosis
})

/** Deliberately without the hosted URL. */
export const sessionItem = (session: Session) => ({
  session_ref: session.sessionRef,
  user_id: session.userId,
  environment: session.environment,
  product: session.product,
  model: session.model,
  reference: session.reference,
  status: session.verdict.status,
  reason: session.verdict.reason,
  provider_status: session.providerStatus,
  sequence: session.sequence,
  open: session.open,
  created_at: iso(session.createdAt),
  updated_at: iso(session.updatedAt),
  expires_at: iso(session.expiresAt),
  expired_at: isoOrNull(session.expiredAt),
  decided_at: isoOrNull(session.decidedAt)
})

interface Moment {
  readonly at: number
  readonly kind: (typeof SessionTimeline.Type)["timeline"][number]["kind"]
  readonly id: string | null
  readonly summary: string
  readonly details: Readonly<Record<string, unknown>>
}

const ofEvent = (event: InboxEvent): Moment => ({
  at: event.receivedAt,
  kind: "event",
  id: event.id,
  summary: `${event.source} ${event.providerStatus ?? "without a status"}, ${event.state}`,
  details: eventItem(event)
})

const ofVerdict = ({ at, eventId, sequence, verdict }: VerdictChange): Moment => ({
  at,
  kind: "verdict",
  id: eventId,
  summary: verdict.reason === null ? verdict.status : `${verdict.status}, ${verdict.reason}`,
  details: { sequence, status: verdict.status, reason: verdict.reason, event: eventId }
})

const ofAction = (action: Action): Moment => ({
  at: action.createdAt,
  kind: "action",
  id: action.id,
  summary: `${action.type}, ${action.state}`,
  details: actionItem(action)
})

const ofAttempt = ({ actionId, answer, at, attempt, result, status }: ActionAttempt): Moment => ({
  at,
  kind: "attempt",
  id: actionId,
  summary: `attempt ${attempt} ${result}`,
  details: { attempt, result, status, answer }
})

const did: Readonly<Record<AuditEntry["action"], string>> = {
  link: "linked the event to this session",
  replay: "replayed the event",
  redrive: "made the action due again",
  erase_user: "forgot the user"
}

const ofOperator = ({ action, actor, address, at, target }: AuditEntry): Moment => ({
  at,
  kind: "operator",
  id: target,
  summary: `${actor} ${did[action]}`,
  details: { action, actor, address }
})

const ofStart = (session: Session, start: Start | null): Moment => ({
  at: start?.createdAt ?? session.createdAt,
  kind: "start",
  id: null,
  summary: `started, ${session.model}`,
  details: {}
})

/** VerifyHuman's answer to the start, after its retries; a session of another model needed none. */
const ofCall = (session: Session, start: Start | null): ReadonlyArray<Moment> => {
  if (session.model !== "hosted") return []
  const took = start === null ? null : session.createdAt - start.createdAt
  return [
    {
      at: session.createdAt,
      kind: "call",
      id: null,
      summary:
        took === null ? "VerifyHuman made its page" : `VerifyHuman made its page, ${took} ms after the start`,
      details: { milliseconds: took, expires_at: iso(session.expiresAt) }
    }
  ]
}

/** One session and all that happened to it, in the order of time. */
export const timelineBody = ({
  actions,
  attempts,
  audit,
  events,
  session,
  start,
  verdicts
}: SessionRecord) => {
  const moments = [
    ofStart(session, start),
    ...ofCall(session, start),
    ...audit.map(ofOperator),
    ...events.map(ofEvent),
    ...verdicts.map(ofVerdict),
    ...actions.map(ofAction),
    ...attempts.map(ofAttempt)
  ]
  return {
    ...sessionItem(session),
    timeline: moments.sort((a, b) => a.at - b.at).map((moment) => ({ ...moment, at: iso(moment.at) }))
  }
}
