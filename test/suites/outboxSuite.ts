import { assert, describe, layer as sharing } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { Outbox } from "../../src/actions/Outbox.js"
import type { Action, ActionAttempt } from "../../src/domain/Action.js"
import type { AuditEntry } from "../../src/domain/Audit.js"
import { Records } from "../../src/operators/Records.js"
import type { SessionRepository } from "../../src/sessions/SessionRepository.js"
import type { Inbox } from "../../src/webhooks/Inbox.js"
import { admit, aHostedSession, anAudit, type EventFields, unique } from "./fixtures.js"

const at = 2_000_000
const claim = (now: number, limit = 100) =>
  Effect.flatMap(Outbox, (outbox) => outbox.claim(now, now + 20_000, limit))

const record = (action: Action, result: ActionAttempt["result"], end: Partial<Action>) =>
  Effect.flatMap(Outbox, (outbox) =>
    outbox.record(
      action,
      { actionId: action.id, attempt: action.attempts, at, result, status: 500, answer: "" },
      { state: "delivered", nextAttemptAt: at, finishedAt: at, ...end }
    )
  )

const actionsOf = (sessionRef: string) =>
  Effect.flatMap(Records, (records) => Effect.map(records.session(sessionRef), ({ actions }) => actions))

const mine = (actions: ReadonlyArray<Action>, sessionRef: string) =>
  actions.filter((action) => action.sessionRef === sessionRef)

/** Two verdicts of one session: a review, and then a pass. */
const twice = Effect.gen(function* () {
  const session = yield* aHostedSession
  const verificationId = unique("ver_")
  const fields: EventFields = { token: session.token, verificationId }
  yield* admit({ ...fields, status: "PENDING" })
  yield* admit({ ...fields, status: "PASS" })
  return { ...session, verificationId }
})

/** What every outbox must do (contract section 7); `layer` is the one under test. */
export const outboxSuite = (
  name: string,
  layer: Layer.Layer<Outbox | Inbox | SessionRepository | Records, unknown>
) =>
  describe(`Outbox: ${name}`, () => {
    sharing(layer)((it) => {
      it.effect("has an action for each change of a verdict, with all that the receiver needs", () =>
        Effect.gen(function* () {
          const { sessionRef, userId, verificationId } = yield* twice
          const actions = yield* actionsOf(sessionRef)
          const payloads = actions.map(({ payload }) => JSON.parse(payload))
          const data = {
            session_ref: sessionRef,
            user_id: userId,
            reference: null,
            product: "verifyidentity",
            environment: "test",
            verification_id: verificationId
          }
          assert.deepStrictEqual(payloads, [
            {
              type: "verification.in_review",
              timestamp: "1970-01-01T00:33:20.000Z",
              data: {
                ...data,
                status: "pending",
                reason: "in_review",
                previous_status: "pending",
                sequence: 1
              }
            },
            {
              type: "verification.passed",
              timestamp: "1970-01-01T00:33:20.000Z",
              data: { ...data, status: "pass", reason: null, previous_status: "pending", sequence: 2 }
            }
          ])
        })
      )

      it.effect("has none for an event that changes nothing", () =>
        Effect.gen(function* () {
          const { sessionRef, token } = yield* twice
          yield* admit({ token, status: "PASS", created: "2026-05-17T11:00:00Z" })
          yield* admit({ token, environment: "live" })
          assert.lengthOf(yield* actionsOf(sessionRef), 2)
        })
      )

      it.effect("hands out the first of each session only, and nothing twice while it is out", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* twice
          const [first, ...none] = mine(yield* claim(at), sessionRef)
          assert.deepInclude(first, { type: "verification.in_review", attempts: 1, tries: 1 })
          assert.lengthOf(none, 0)
          assert.lengthOf(mine(yield* claim(at + 19_999), sessionRef), 0)
          if (first !== undefined) yield* record(first, "delivered", {})
          const [second] = mine(yield* claim(at), sessionRef)
          assert.strictEqual(second?.type, "verification.passed")
        })
      )

      it.effect(
        "lets another worker take over when the lease has run out, and ignores the first one then",
        () =>
          Effect.gen(function* () {
            const { sessionRef } = yield* twice
            const [lost] = mine(yield* claim(at), sessionRef)
            const [taken] = mine(yield* claim(at + 20_000), sessionRef)
            assert.strictEqual(taken?.id, lost?.id)
            assert.strictEqual(taken?.attempts, 2)
            if (lost !== undefined) yield* record(lost, "delivered", {})
            assert.strictEqual((yield* actionsOf(sessionRef))[0]?.state, "pending")
            if (taken !== undefined) yield* record(taken, "delivered", {})
            assert.strictEqual((yield* actionsOf(sessionRef))[0]?.state, "delivered")
            const records = yield* Records
            const { attempts } = yield* records.session(sessionRef)
            assert.deepStrictEqual(
              attempts.map(({ attempt }) => attempt),
              [2]
            )
          })
      )

      it.effect("waits for a retry without letting the successor pass; a dead one lets it go", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* twice
          const [first] = mine(yield* claim(at), sessionRef)
          if (first === undefined) return assert.fail("nothing was due")
          yield* record(first, "failed", { state: "pending", nextAttemptAt: at + 5000, finishedAt: null })
          assert.lengthOf(mine(yield* claim(at + 4999), sessionRef), 0)
          const [again] = mine(yield* claim(at + 5000), sessionRef)
          if (again === undefined) return assert.fail("the retry was not due")
          assert.strictEqual(again.id, first.id)
          yield* record(again, "failed", { state: "dead" })
          assert.strictEqual(mine(yield* claim(at), sessionRef)[0]?.type, "verification.passed")
        })
      )

      it.effect("redrives what is dead and nothing else, and audits it", () =>
        Effect.gen(function* () {
          const outbox = yield* Outbox
          const records = yield* Records
          const { sessionRef } = yield* twice
          const [first] = mine(yield* claim(at), sessionRef)
          if (first === undefined) return assert.fail("nothing was due")
          const audit: AuditEntry = { ...anAudit("redrive"), at: at + 60_000, target: first.id }
          assert.strictEqual((yield* Effect.flip(outbox.redrive(first.id, audit)))._tag, "ActionNotDead")
          assert.strictEqual((yield* Effect.flip(outbox.redrive("msg_none", audit)))._tag, "ActionNotFound")
          yield* record(first, "gone", { state: "dead" })
          const listed = yield* outbox.list({ state: "dead" }, { before: null, limit: 100 })
          assert.include(
            listed.items.map(({ id }) => id),
            first.id
          )
          const due = yield* outbox.redrive(first.id, audit)
          assert.deepInclude(due, { state: "pending", tries: 0, attempts: 1, finishedAt: null })
          const [again] = mine(yield* claim(at + 60_000), sessionRef)
          assert.deepInclude(again, { id: first.id, tries: 1, attempts: 2 })
          const entries = yield* records.audit(null, 100)
          assert.lengthOf(
            entries.filter(({ target }) => target === first.id),
            1
          )
        })
      )

      it.effect("claims once for many workers that ask at the same time", () =>
        Effect.gen(function* () {
          const { sessionRef } = yield* twice
          const claims = yield* Effect.all(
            Array.from({ length: 10 }, () => claim(at)),
            { concurrency: "unbounded" }
          )
          assert.lengthOf(mine(claims.flat(), sessionRef), 1)
        })
      )
    })
  })
