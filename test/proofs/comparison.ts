import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { InboxEvent } from "../../src/domain/InboxEvent.js"
import type { Verdict } from "../../src/domain/Verdict.js"
import { Records, type SessionRecord } from "../../src/operators/Records.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { expectedVerdict } from "./expectedVerdict.js"
import type { Model, ModelEvent, ModelSession } from "./Model.js"

export const wordOf = ({ reason, status }: Verdict) => reason ?? status

export const counts = ({ state }: InboxEvent) => state === "applied" || state === "superseded"

/** What a phone can see, and what decides when it will change. */
export const compareSessions = Effect.fnUntraced(function* (model: Model) {
  const repository = yield* SessionRepository
  for (const expected of model.sessions.values()) {
    const session = yield* repository.find(expected.ref)
    assert.deepStrictEqual(
      session && {
        verdict: wordOf(session.verdict),
        sequence: session.sequence,
        open: session.open,
        userId: session.userId,
        dueAt: session.expiryDueAt,
        expiredAt: session.expiredAt
      },
      {
        verdict: expected.verdict,
        sequence: expected.changes.length,
        open: expected.open,
        userId: expected.user,
        dueAt: expected.dueAt,
        expiredAt: expected.expiredAt
      },
      expected.ref
    )
  }
})

/** What makes a verdict believable, told by the rows alone. */
export const assertFounded = ({ events, session }: SessionRecord) => {
  const founding = events.filter(counts)
  assert.strictEqual(
    wordOf(session.verdict),
    expectedVerdict(founding, session.confirmable, session.expiredAt),
    "a verdict is not the fold of its events"
  )
  for (const event of founding) {
    assert.strictEqual(event.eventEnvironment, session.environment)
    assert.strictEqual(event.product, session.product)
    assert.strictEqual(event.source === "webhook", event.scheme !== null)
  }
  const applied = founding.filter(({ state }) => state === "applied")
  const decided = !["awaiting_result", "unconfirmable", "expired"].includes(wordOf(session.verdict))
  assert.lengthOf(applied, decided ? 1 : 0)
}

const compareRecord = (record: SessionRecord, expected: ModelSession, model: Model) => {
  const countingIds = model.events
    .filter(({ session, state }) => session === expected.ref && state === "counts")
    .map(({ id }) => id)
  assert.sameMembers(
    record.events.filter(counts).map(({ id }) => id),
    countingIds
  )
  assert.deepStrictEqual(
    record.verdicts.map(({ sequence, verdict }) => `${sequence} ${wordOf(verdict)}`),
    expected.changes.map((word, index) => `${index + 1} ${word}`)
  )
  assert.deepStrictEqual(
    record.actions.map(({ sequence, state, attempts }) => `${sequence} ${state} ${attempts}`),
    model.actions
      .filter(({ session }) => session === expected.ref)
      .map(({ sequence, state, attempts }) => `${sequence} ${state} ${attempts}`)
  )
}

const stateOf = (event: InboxEvent): ModelEvent["state"] =>
  event.state === "applied" || event.state === "superseded" ? "counts" : event.state

/** Everything, as an operator can see it. */
export const compareAll = Effect.fnUntraced(function* (model: Model) {
  const inbox = yield* Inbox
  const records = yield* Records
  const repository = yield* SessionRepository
  yield* compareSessions(model)
  for (const session of model.sessions.values()) {
    const record = yield* records.session(session.ref)
    compareRecord(record, session, model)
    assertFounded(record)
  }
  const { items: events } = yield* inbox.list({}, { before: null, limit: 1000 })
  assert.sameMembers(
    events.map((event) => `${event.id} ${stateOf(event)}`),
    model.events.map((event) => `${event.id} ${event.state}`)
  )
  const decides = new Map<string, string | null>()
  for (const { sessionRef, verificationHash } of events.filter(counts)) {
    if (verificationHash === null) continue
    assert.strictEqual(
      decides.get(verificationHash) ?? sessionRef,
      sessionRef,
      "one verification, two sessions"
    )
    decides.set(verificationHash, sessionRef)
  }
  for (const user of new Set([...model.sessions.values()].map((session) => session.user))) {
    const listed = yield* repository.list({ environment: "test", userId: user }, null, 1000)
    assert.sameMembers(
      listed.map(({ sessionRef }) => sessionRef),
      [...model.sessions.values()].filter((session) => session.user === user).map(({ ref }) => ref)
    )
  }
})
