import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { type IdentifierHash, identifier } from "../../src/domain/Correlation.js"
import type { InboxEvent } from "../../src/domain/InboxEvent.js"
import { Records } from "../../src/operators/Records.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Tables } from "../../src/storage/Tables.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { ask } from "../postgres/database.js"
import { limits } from "./commotion.js"
import { assertFounded, counts, wordOf } from "./comparison.js"
import type { Ledger } from "./Ledger.js"

/** Rows that belong to nothing: what an erasure forgot, or what came back after it. */
const strays = `
  SELECT 'verdict' AS stray, session_ref FROM past_verdicts AS past WHERE NOT EXISTS
    (SELECT 1 FROM sessions WHERE sessions.session_ref = past.session_ref AND sessions.sequence > past.sequence)
  UNION ALL SELECT 'action', session_ref FROM actions WHERE session_ref NOT IN (SELECT session_ref FROM sessions)
  UNION ALL SELECT 'attempt', action_id FROM action_attempts WHERE action_id NOT IN (SELECT id FROM actions)
  UNION ALL SELECT 'poll', session_ref FROM polls WHERE session_ref NOT IN (SELECT session_ref FROM sessions)
  UNION ALL SELECT 'identifier', session_ref FROM identifiers WHERE session_ref NOT IN (SELECT session_ref FROM sessions)
  UNION ALL SELECT 'event', session_ref FROM events WHERE session_ref IS NOT NULL AND session_ref NOT IN (SELECT session_ref FROM sessions)
  UNION ALL SELECT 'candidate', hash FROM event_candidates
    WHERE event_id IN (SELECT id FROM events WHERE why = 'erased')
  UNION ALL SELECT 'body', id FROM events WHERE why = 'erased'
    AND num_nonnulls(body, event_id, verification_hash, provider_status, session_ref, counted_at) > 0
  UNION ALL SELECT 'key', session_ref FROM idempotency_keys WHERE status IS NOT NULL
    AND session_ref NOT IN (SELECT session_ref FROM sessions)
  UNION ALL SELECT 'poll of a decided session', session_ref FROM polls JOIN sessions USING (session_ref)
    WHERE status <> 'pending'
  UNION ALL SELECT 'page of a closed session', session_ref FROM sessions WHERE open = 0 AND hosted_url IS NOT NULL
  UNION ALL SELECT 'second open session', min(session_ref) FROM sessions WHERE open = 1
    GROUP BY user_id, fingerprint HAVING count(*) > 1`

const assertSession = Effect.fnUntraced(function* (sessionRef: string) {
  const record = yield* Effect.flatMap(Records, (records) => records.session(sessionRef))
  assertFounded(record)
  const { actions, session, verdicts } = record
  const upTo = Array.from({ length: session.sequence }, (_, index) => index + 1)
  assert.deepStrictEqual(
    verdicts.map(({ sequence }) => sequence),
    upTo,
    "the history of verdicts"
  )
  assert.deepStrictEqual(
    actions.map(({ sequence }) => sequence),
    upTo,
    "the sequence of actions"
  )
  const told = actions.map(({ payload }) => JSON.parse(payload).data)
  assert.deepStrictEqual(
    told.map(({ reason, status }) => reason ?? status),
    verdicts.map(({ verdict }) => wordOf(verdict))
  )
  assert.deepStrictEqual(
    told.map(({ previous_status }) => previous_status),
    ["pending", ...told.map(({ status }) => status)].slice(0, told.length)
  )
  const last = told.at(-1)
  if (last !== undefined) assert.strictEqual(last.reason ?? last.status, wordOf(session.verdict))
})

/** What a serial execution would have matched; an event may have come before the `session_ref` that it carries. */
const assertMatched = Effect.fnUntraced(function* (
  event: InboxEvent,
  candidates: ReadonlyArray<IdentifierHash>
) {
  const { identifiers } = yield* Tables
  const found = (yield* identifiers.find("test", candidates)).filter(({ source }) => source !== "service")
  const refs = new Set(found.filter(({ shared }) => !shared).map(({ sessionRef }) => sessionRef))
  if (refs.size !== 1) return
  const [ref] = refs
  const bound = yield* identifiers.find("test", event.verificationHash ? [event.verificationHash] : [])
  const elsewhere = bound.some(({ sessionRef, shared }) => shared || sessionRef !== ref)
  assert.isTrue(elsewhere, `${event.id} is ${event.why}, though it carries an identifier of ${ref} only`)
})

const assertVerifications = Effect.fnUntraced(function* (events: ReadonlyArray<InboxEvent>, ledger: Ledger) {
  const { identifiers } = yield* Tables
  const decides = new Map<string, string | null>()
  for (const { id, sessionRef, verificationHash } of events) {
    if (verificationHash === null) continue
    const known = decides.get(verificationHash) ?? sessionRef
    assert.strictEqual(known, sessionRef, `one verification decides two sessions: ${id}`)
    decides.set(verificationHash, sessionRef)
    const [bound] = yield* identifiers.find("test", [verificationHash])
    if (ledger.erasures > 0 || bound?.shared) continue
    assert.strictEqual(bound?.sessionRef, sessionRef, `${id} counts for a session, its verification does not`)
  }
})

const assertTurns = ({ ended, over, overtaking, turns }: Ledger) => {
  assert.deepStrictEqual(overtaking, [], `an action overtook another (${ended.size} had ended)`)
  const sorted = [...turns].sort((a, b) => a.number - b.number)
  const last = new Map<string, (typeof turns)[number]>()
  for (const turn of sorted) {
    const before = last.get(turn.thing)
    last.set(turn.thing, turn)
    if (before === undefined || over.has(`${before.thing} ${before.number}`)) continue
    assert.isAtLeast(turn.at, before.until, `${turn.thing} was taken while somebody else had it`)
  }
}

/** What must be true when all has ended, whatever the order was. */
export const assertAftermath = Effect.fnUntraced(function* (url: string, ledger: Ledger) {
  const { events, starts } = yield* Tables
  const found = yield* ask(url, strays)
  assert.isEmpty(found, JSON.stringify(found))
  const sessions: ReadonlyArray<string> = (yield* ask(url, "SELECT session_ref FROM sessions")).map(
    (row) => row.session_ref
  )
  assert.sameMembers(
    [...sessions],
    ledger.sessions.filter((ref) => !ledger.erased.has(ref)),
    "sessions that were acknowledged and not erased"
  )
  yield* Effect.forEach(sessions, assertSession, { discard: true })

  const { items: all } = yield* Effect.flatMap(Inbox, (inbox) =>
    inbox.list({}, { before: null, limit: 10_000 })
  )
  const byId = new Map(all.map((event) => [event.id, event]))
  assert.lengthOf(all, ledger.deliveries.size, "events that were never delivered, or that were lost")
  for (const [key, { copies, ids, sent, stale, taken }] of ledger.deliveries) {
    assert.strictEqual(ids.size, 1, key)
    const [id] = ids
    const event = byId.get(id ?? "")
    if (event === undefined) return assert.fail(`${key} was acknowledged and is not there`)
    assert.strictEqual(event.copies, copies, `copies of ${key}`)
    assert.include(stale ? [1, 2] : [1], taken, `${key} was taken in as new`)
    if (event.state !== "unmatched" || event.source === "poll") continue
    if (ledger.erasures > 0 && event.why !== "no_match") continue
    const candidates = yield* events.candidatesOf(event.id)
    const refs = sessions.map((ref) => identifier("session_ref", ref).hash)
    if (sent !== null && !candidates.some((hash) => refs.includes(hash))) {
      yield* assertMatched(event, candidates)
    }
  }
  for (const { event: id, session } of ledger.counted) {
    const event = byId.get(id)
    if (ledger.erased.has(session)) assert.isNull(event?.body ?? null, `${id} was erased with ${session}`)
    else assert.strictEqual(event?.sessionRef, session, `${id} was taken from its session`)
  }
  yield* assertVerifications(all.filter(counts), ledger)
  assertTurns(ledger)
  for (const userId of ["user 0", "user 1", "user 2"]) {
    const begun = yield* starts.since({ environment: "test", userId }, ledger.now - limits.windowMillis)
    assert.isAtMost(begun.filter(({ state }) => state === "opened").length, limits.opened, userId)
    const listed = yield* Effect.flatMap(SessionRepository, (repository) =>
      repository.list({ environment: "test", userId }, null, 1000)
    )
    assert.isAtMost(listed.length, limits.opened, `${userId} has more sessions than the limit`)
  }
  return { sessions: sessions.length, events: all.length, counted: all.filter(counts).length }
})
