import type { Effect } from "effect"
import type { Cursor } from "../../src/domain/Cursor.js"
import type { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { actionsSql } from "../../src/storage/sql/ActionsSql.js"
import { auditSql } from "../../src/storage/sql/AuditSql.js"
import { eventsSql } from "../../src/storage/sql/EventsSql.js"
import { idempotencySql } from "../../src/storage/sql/IdempotencySql.js"
import { identifiersSql } from "../../src/storage/sql/IdentifiersSql.js"
import { pastVerdictsSql } from "../../src/storage/sql/PastVerdictsSql.js"
import { pollsSql } from "../../src/storage/sql/PollsSql.js"
import { sessionsSql } from "../../src/storage/sql/SessionsSql.js"
import type { Sql } from "../../src/storage/sql/Sql.js"
import { startsSql } from "../../src/storage/sql/StartsSql.js"
import type { Slot } from "../../src/storage/Tables.js"

/** What the statements ask for. */
export interface Asked {
  readonly slot: Slot
  readonly sessionRef: string
  readonly eventId: string
  readonly actionId: string
  readonly keyHash: string
  readonly hashes: ReadonlyArray<string>
  readonly before: Cursor
  readonly now: number
  readonly bodies: number
  readonly daily: number
}

type Statement = Effect.Effect<unknown, StorageUnavailable>

/** Every read, claim and purge; each is to find its rows by an index, however many there are. */
export const statementsOf = (sql: Sql, asked: Asked) => {
  const { actionId, before, bodies, daily, eventId, hashes, keyHash, now, sessionRef, slot } = asked
  const { environment } = slot
  const [hash = ""] = hashes
  const lease = now + 20_000
  const sessions = sessionsSql(sql)
  const starts = startsSql(sql)
  const idempotency = idempotencySql(sql)
  const identifiers = identifiersSql(sql)
  const events = eventsSql(sql)
  const pastVerdicts = pastVerdictsSql(sql)
  const actions = actionsSql(sql)
  const polls = pollsSql(sql)
  const audit = auditSql(sql)
  return {
    "sessions.find": sessions.find(sessionRef),
    "sessions.hold": sessions.hold(sessionRef),
    "sessions.findOpen": sessions.findOpen(slot),
    "sessions.close": sessions.close(slot),
    "sessions.list": sessions.list(slot, before, 100),
    "sessions.list from the first": sessions.list(slot, null, 100),
    "sessions.search": sessions.search(environment, {}, { before, limit: 100 }),
    "sessions.search of a user": sessions.search(
      environment,
      { userId: slot.userId },
      { before, limit: 100 }
    ),
    "sessions.search of a status": sessions.search(environment, { status: "pass" }, { before, limit: 100 }),
    "sessions.due": sessions.due(environment, now, 100),
    "sessions.delete": sessions.delete(sessionRef),
    "sessions.countExpiredWithoutEvent": sessions.countExpiredWithoutEvent(environment, 1000),
    "starts.find": starts.find(sessionRef),
    "starts.findReserved": starts.findReserved(slot),
    "starts.end": starts.end(sessionRef, { state: "failed", failure: null, retryAfterMillis: null }),
    "starts.since": starts.since(slot, now - 3_600_000),
    "starts.deleteOfUser": starts.deleteOfUser(slot),
    "starts.purge": starts.purge(daily, 500),
    "idempotency.find": idempotency.find(slot, keyHash),
    "idempotency.release": idempotency.release(sessionRef),
    "idempotency.complete": idempotency.complete(sessionRef, 200),
    "idempotency.deleteOfUser": idempotency.deleteOfUser(slot),
    "idempotency.purge": idempotency.purge(daily, 500),
    "identifiers.find": identifiers.find(environment, hashes),
    "identifiers.deleteOf": identifiers.deleteOf({ environment, sessionRef }, hashes),
    "events.find": events.find(eventId),
    "events.hold": events.hold(eventId),
    "events.counting": events.counting(sessionRef),
    "events.ofSession": events.ofSession(sessionRef),
    "events.list": events.list(environment, {}, { before, limit: 100 }),
    "events.list from the first": events.list(environment, {}, { before: null, limit: 100 }),
    "events.list by state": events.list(environment, { state: "unmatched" }, { before, limit: 100 }),
    "events.list of the usual state": events.list(environment, { state: "applied" }, { before, limit: 100 }),
    "events.list of a product": events.list(
      environment,
      { product: "verifyidentity" },
      { before, limit: 100 }
    ),
    "events.count": events.count(environment, "unmatched", 10_000),
    "events.eraseBodies": events.eraseBodies(bodies, 500),
    "events.candidatesOf": events.candidatesOf(eventId),
    "events.deleteCandidates": events.deleteCandidates(eventId),
    "events.carries": events.carries(environment, hash),
    "events.waiting": events.waiting(environment, hashes),
    "pastVerdicts.ofSession": pastVerdicts.ofSession(sessionRef),
    "pastVerdicts.deleteOf": pastVerdicts.deleteOf(sessionRef),
    "actions.find": actions.find(actionId),
    "actions.claim": actions.claim(now, lease, 16),
    "actions.redrive": actions.redrive(actionId, now),
    "actions.list": actions.list(environment, {}, { before, limit: 100 }),
    "actions.list from the first": actions.list(environment, {}, { before: null, limit: 100 }),
    "actions.list by state": actions.list(environment, { state: "dead" }, { before, limit: 100 }),
    "actions.list of the usual state": actions.list(
      environment,
      { state: "delivered" },
      { before, limit: 100 }
    ),
    "actions.count": actions.count(environment, "dead", 10_000),
    "actions.oldestPending": actions.oldestPending(environment),
    "actions.ofSession": actions.ofSession(sessionRef),
    "actions.deleteOf": actions.deleteOf(sessionRef),
    "actions.attemptsOf": actions.attemptsOf(sessionRef),
    "actions.purgeAttempts": actions.purgeAttempts(bodies, 500),
    "polls.claim": polls.claim(["verifyage", "verifyidentity"], now, lease, 16),
    "polls.delete": polls.delete(sessionRef),
    "audit.ofTargets": audit.ofTargets([eventId, actionId]),
    "audit.list": audit.list(before, 100),
    "audit.list from the first": audit.list(null, 100)
  } satisfies Record<string, Statement>
}

export type StatementName = keyof ReturnType<typeof statementsOf>
