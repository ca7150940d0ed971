import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Outbox } from "../../src/actions/Outbox.js"
import { identifier } from "../../src/domain/Correlation.js"
import { Records } from "../../src/operators/Records.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Tables } from "../../src/storage/Tables.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { ask, emptyDatabase } from "../postgres/database.js"
import {
  admit,
  aHostedSession,
  anAnswer,
  anAudit,
  aReservation,
  aSession,
  aTracking,
  unique
} from "../suites/fixtures.js"
import { type Node, nodeOn, waitingOn } from "./nodes.js"
import { pauseAfter } from "./pause.js"

const audit = (sessions: number) => ({ ...anAudit("erase_user"), details: { sessions } })
const erase = (userId: string) =>
  Effect.flatMap(SessionRepository, (repository) => repository.erase(userId, audit))
const link = (id: string, sessionRef: string) =>
  Effect.flatMap(Inbox, (inbox) => inbox.link(id, sessionRef, anAudit("link")))

type Work<A, E> = Effect.Effect<A, E, Effect.Effect.Context<typeof everything>>
const everything = Effect.all([SessionRepository, Inbox, Outbox, Records, Tables])

/** Two nodes: `first` is stopped after a statement; `second` does all it can meanwhile. */
const race = Effect.fnUntraced(function* (statement: string) {
  const url = yield* emptyDatabase
  const pause = yield* pauseAfter(statement)
  const one = yield* nodeOn(url, pause.around)
  const other = yield* nodeOn(url)
  const on =
    (node: Node) =>
    <A, E>(work: Work<A, E>) =>
      Effect.provide(work, node)

  const during = Effect.fnUntraced(function* <A, E, B, F>(first: Work<A, E>, second: Work<B, F>) {
    yield* pause.arm
    const slow = yield* Effect.fork(on(one)(first))
    yield* pause.reached
    const quick = yield* Effect.fork(on(other)(second))
    const stuck = Effect.zipWith(
      waitingOn(url),
      Fiber.status(quick),
      (waiting, { _tag }) => waiting > 0 || _tag === "Done"
    )
    yield* Effect.repeat(stuck, { until: (is) => is })
    yield* pause.go
    return [yield* Fiber.await(slow), yield* Fiber.await(quick)] as const
  })
  return { url, during, run: on(other) }
})

/** A poll's answer that waits for an operator, because its `verification_id` belonged to a user who is forgotten by now. */
const anAnswerSetFree = Effect.gen(function* () {
  const verificationId = unique("ver_")
  const gone = yield* aHostedSession
  yield* admit({ token: gone.token, verificationId })
  const tracking = aTracking()
  yield* Effect.flatMap(SessionRepository, (repository) => repository.track(tracking))
  const { sessionRef, userId } = tracking.session
  const answer = { ...anAnswer(sessionRef, { outcome: "pass", providerStatus: "PASS" }), verificationId }
  const { event } = yield* Effect.flatMap(Inbox, (inbox) => inbox.admitAnswer(answer))
  assert.strictEqual(event.why, "ambiguous")
  yield* erase(gone.userId)
  return { eventId: event.id, verificationId, sessionRef, userId }
})

describe("Races on PostgreSQL", () => {
  it.scopedLive("keeps no attempt of an action whose user is forgotten meanwhile", () =>
    Effect.gen(function* () {
      const { during, run, url } = yield* race("actions.settle")
      const session = yield* run(aHostedSession)
      yield* run(admit({ token: session.token }))
      const outbox = yield* run(Outbox)
      const [action] = yield* run(outbox.claim(3_000_000, 3_020_000, 1))
      if (action === undefined) return assert.fail("nothing was set in motion")
      const attempt = { actionId: action.id, attempt: 1, at: 3_000_000, status: 200, answer: "personal" }
      yield* during(
        Effect.flatMap(Outbox, (first) =>
          first.record(
            action,
            { ...attempt, result: "delivered" },
            { state: "delivered", nextAttemptAt: 3_000_000, finishedAt: 3_000_000 }
          )
        ),
        erase(session.userId)
      )
      assert.isEmpty(yield* ask(url, "SELECT action_id FROM action_attempts"))
    })
  )

  it.scopedLive("does not forget an event that an operator gives to another user meanwhile", () =>
    Effect.gen(function* () {
      const { during, run } = yield* race("events.ofSession")
      const { eventId, userId } = yield* run(anAnswerSetFree)
      const other = yield* run(aHostedSession)
      const [erased, linked] = yield* during(erase(userId), link(eventId, other.sessionRef))
      assert.strictEqual(erased._tag, "Success")
      assert.strictEqual(linked._tag, "Success")
      const record = yield* run(Effect.flatMap(Records, (records) => records.session(other.sessionRef)))
      assert.strictEqual(record.session.verdict.status, "pass")
      assert.deepStrictEqual(
        record.events.map(({ id }) => id),
        [eventId]
      )
    })
  )

  it.scopedLive("lets a verification decide one session, though an operator and a webhook name two", () =>
    Effect.gen(function* () {
      const { during, run } = yield* race("identifiers.find")
      const { eventId, sessionRef, verificationId } = yield* run(anAnswerSetFree)
      const other = yield* run(aHostedSession)
      const [linked, admitted] = yield* during(
        link(eventId, sessionRef),
        admit({ token: other.token, verificationId })
      )
      assert.strictEqual(linked._tag, "Success")
      assert.strictEqual(admitted._tag, "Success")
      const events = yield* run(
        Effect.flatMap(Inbox, (inbox) => inbox.list({ state: "applied" }, { before: null, limit: 10 }))
      )
      assert.deepStrictEqual(
        events.items.map((event) => event.sessionRef),
        [sessionRef]
      )
    })
  )

  it.scopedLive("lets a verification decide one session, though a start and a webhook name two", () =>
    Effect.gen(function* () {
      const { during, run } = yield* race("events.put")
      const [token, verificationId] = [unique("tok-"), unique("ver_")]
      const request = aReservation()
      const repository = yield* run(SessionRepository)
      yield* run(repository.reserve(request))
      const other = yield* run(aHostedSession)
      yield* run(admit({ token, verificationId }))
      const [opened, admitted] = yield* during(
        Effect.flatMap(SessionRepository, (first) =>
          first.open(aSession(request), [identifier("token", token)])
        ),
        admit({ token: other.token, verificationId })
      )
      assert.strictEqual(opened._tag, "Success")
      assert.strictEqual(admitted._tag, "Success")
      const events = yield* run(
        Effect.flatMap(Inbox, (inbox) => inbox.list({ state: "applied" }, { before: null, limit: 10 }))
      )
      assert.deepStrictEqual(
        events.items.map((event) => event.sessionRef),
        [request.sessionRef]
      )
    })
  )
})
