import { Effect } from "effect"
import { Outbox } from "../../src/actions/Outbox.js"
import { RetentionStore } from "../../src/background/Retention.js"
import type { Action } from "../../src/domain/Action.js"
import { identifier } from "../../src/domain/Correlation.js"
import { outcomeTable } from "../../src/domain/Outcome.js"
import { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { awaiting, unconfirmable } from "../../src/domain/Verdict.js"
import { readWebhookEvent } from "../../src/domain/WebhookEvent.js"
import { PollTimetable } from "../../src/polling/PollTimetable.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { aDelivery, anAnswer, anAudit, aReservation, aSession } from "../suites/fixtures.js"
import { Ledger } from "./Ledger.js"
import type { Commotion, Move } from "./moves.js"
import type { Node } from "./nodes.js"
import { trackingOf } from "./tracking.js"
import { keyOf, outcomes, type Sent, sent } from "./webhook.js"

type MoveOf<Tag extends Move["_tag"]> = Extract<Move, { readonly _tag: Tag }>

type NodePorts = SessionRepository | Inbox | Outbox | PollTimetable | RetentionStore

const at = <A>(things: ReadonlyArray<A>, which: number): A | undefined => things[which % things.length]
const read = (body: Uint8Array) => readWebhookEvent(body, outcomeTable())
const day = 24 * 3_600_000

export const limits = { windowMillis: 1000 * day, opened: 9, failed: 1000 }

/** What PostgreSQL said. */
const told = (error: unknown): unknown => {
  if (!(error instanceof StorageUnavailable)) return error
  const { cause, operation } = error
  const said = typeof cause === "object" && cause !== null && "cause" in cause ? cause.cause : cause
  return new Error(`${operation}: ${said}`)
}

const moving = (ledger: Ledger) => {
  const start = Effect.fnUntraced(function* ({ key, restart, slot, user }: MoveOf<"Start">) {
    const { now } = ledger
    const started = { ref: ledger.name("vs_"), user: `user ${user}`, slot: `slot ${slot}` }
    const repository = yield* SessionRepository
    const reservation = yield* repository.reserve({
      ...aReservation({ userId: started.user, fingerprint: started.slot, restart, now, limits }),
      sessionRef: started.ref,
      leaseUntil: now + 10_000,
      resumableUntil: now + 120_000,
      idempotency: key === null ? null : { keyHash: `key ${key}`, requestHash: `${slot} ${restart}` }
    })
    if (reservation._tag === "Reserved") ledger.underWay = [...ledger.underWay, started]
  })

  const answer = Effect.fnUntraced(function* (step: MoveOf<"Answer">) {
    const { now } = ledger
    const started = at(ledger.underWay, step.which)
    if (started === undefined) return
    ledger.underWay = ledger.underWay.filter((other) => other !== started)
    const repository = yield* SessionRepository
    const release = repository.release(started.ref, { failure: "provider_rejected", retryAfterMillis: null })
    if (step.kind === "failure") return yield* release
    const confirmable = step.kind === "page"
    const request = aReservation({ userId: started.user, fingerprint: started.slot, now })
    const session = aSession(
      { ...request, sessionRef: started.ref },
      {
        product: started.slot === "slot 0" ? "verifyidentity" : "verifyhuman",
        confirmable,
        verdict: confirmable ? awaiting : unconfirmable,
        ...(confirmable ? {} : { expiryDueAt: null, model: "flow" })
      }
    )
    const identifiers = [
      identifier("token", step.token),
      ...(step.reference === null ? [] : [identifier("session_id", step.reference)]),
      ...(step.verificationId === null ? [] : [identifier("verification_id", step.verificationId)])
    ]
    const { _tag } = yield* repository.open(session, confirmable ? identifiers : [])
    if (_tag === "Opened") ledger.sessions.push(started.ref)
    if (_tag === "TokenReused") yield* release
  })

  const track = Effect.fnUntraced(function* (step: MoveOf<"Track">) {
    const ref = ledger.name("vs_")
    const repository = yield* SessionRepository
    const { _tag } = yield* repository.track(trackingOf(ref, step, ledger.now, { limits, pollAfter: 20 }))
    if (_tag !== "Tracked") return
    ledger.sessions.push(ref)
    ledger.tracked.push(ref)
  })

  const deliver = Effect.fnUntraced(function* (webhook: Sent) {
    ledger.sent.push(webhook)
    const inbox = yield* Inbox
    const { stale } = webhook.step
    const id = ledger.name("ev_")
    const got = yield* inbox.admit(aDelivery(webhook.body, { id, receivedAt: ledger.now, stale }))
    ledger.delivered(keyOf(webhook), stale, got.event, got.duplicate, webhook)
  })

  const pollAnswer = Effect.fnUntraced(function* ({ status, verificationId, which }: MoveOf<"PollAnswer">) {
    const ref = at(ledger.tracked, which)
    if (ref === undefined) return
    const outcome = outcomes[status] ?? "declined"
    const given = { ...anAnswer(ref, { outcome, providerStatus: status }), verificationId }
    const inbox = yield* Inbox
    const id = ledger.name("ev_")
    yield* inbox.admitAnswer({ ...given, id, receivedAt: ledger.now }).pipe(
      Effect.map((got) => ledger.delivered(`poll ${ref} ${status}`, false, got.event, got.duplicate, null)),
      Effect.catchTag("SessionNotFound", () => Effect.void)
    )
  })

  const claim = Effect.fnUntraced(function* () {
    const { now } = ledger
    const outbox = yield* Outbox
    ledger.claimed(yield* outbox.claim(now, now + 20_000, 10), now, now + 20_000)
  })

  const attempt = Effect.fnUntraced(function* (action: Action, end: MoveOf<"Deliver">["end"]) {
    const { now } = ledger
    ledger.held = ledger.held.filter((other) => other !== action)
    if (end.endsWith("the worker dies")) return
    const result = end === "taken" ? "delivered" : end === "gone" ? "gone" : "failed"
    const state = end === "taken" ? "delivered" : end === "gone" ? "dead" : "pending"
    ledger.over.add(`${action.id} ${action.attempts}`)
    if (state !== "pending") ledger.ended.add(`${action.sessionRef} ${action.sequence}`)
    const outbox = yield* Outbox
    yield* outbox.record(
      action,
      { actionId: action.id, attempt: action.attempts, at: now, result, status: 200, answer: "" },
      { state, nextAttemptAt: now, finishedAt: state === "pending" ? null : now }
    )
  })

  const takePolls = Effect.fnUntraced(function* () {
    const { now } = ledger
    const timetable = yield* PollTimetable
    const polls = yield* timetable.claim(["verifyidentity", "verifyhuman"], now, now + 15, 10)
    for (const poll of polls) {
      ledger.turns.push({ thing: poll.sessionRef, number: poll.attempts, at: now, until: now + 15 })
      if (poll.attempts % 2 === 0) continue
      ledger.over.add(`${poll.sessionRef} ${poll.attempts}`)
      yield* timetable.reschedule(poll, now + 2)
    }
  })

  const link = Effect.fnUntraced(function* (move: MoveOf<"Link">) {
    const inbox = yield* Inbox
    const event = at(
      (yield* inbox.list({ state: "unmatched" }, { before: null, limit: 50 })).items,
      move.event
    )
    const session = at(ledger.sessions, move.session)
    if (event === undefined || session === undefined) return
    yield* inbox.link(event.id, session, { ...anAudit("link"), at: ledger.now }).pipe(
      Effect.map((got) => ledger.counts(got.event)),
      Effect.catchTags({ EventNotLinkable: () => Effect.void, SessionNotFound: () => Effect.void })
    )
  })

  const replay = Effect.fnUntraced(function* (move: MoveOf<"Replay">) {
    const inbox = yield* Inbox
    const event = at((yield* inbox.list({}, { before: null, limit: 50 })).items, move.event)
    if (event !== undefined) yield* inbox.replay(event.id, read, { ...anAudit("replay"), at: ledger.now })
  })

  const redrive = Effect.fnUntraced(function* (move: MoveOf<"Redrive">) {
    const outbox = yield* Outbox
    const action = at((yield* outbox.list({ state: "dead" }, { before: null, limit: 50 })).items, move.which)
    if (action === undefined) return
    yield* outbox
      .redrive(action.id, { ...anAudit("redrive"), at: ledger.now })
      .pipe(Effect.catchTags({ ActionNotDead: () => Effect.void, ActionNotFound: () => Effect.void }))
  })

  const erase = Effect.fnUntraced(function* ({ user }: MoveOf<"Erase">) {
    const repository = yield* SessionRepository
    const audit = (sessions: number) => ({ ...anAudit("erase_user"), details: { sessions } })
    for (const ref of yield* repository.erase(`user ${user}`, audit)) ledger.erased.add(ref)
    ledger.erasures++
  })

  /** No operation may fail: storage is there, and who must wait gets through. */
  return (move: Move) => Effect.mapError(all(move), told)

  function all(move: Move): Effect.Effect<unknown, unknown, NodePorts> {
    ledger.now += 1
    ledger.operations += 1
    switch (move._tag) {
      case "Start":
        return start(move)
      case "Answer":
        return answer(move)
      case "Track":
        return track(move)
      case "Webhook":
        return deliver(sent(move, move.session === null ? null : (at(ledger.sessions, move.session) ?? null)))
      case "SendAgain":
        return Effect.forEach(ledger.sent.slice(-2), deliver)
      case "Redeliver": {
        const webhook = at(ledger.sent, move.which)
        return webhook === undefined ? Effect.void : deliver(webhook)
      }
      case "PollAnswer":
        return pollAnswer(move)
      case "Expire":
        return Effect.flatMap(SessionRepository, (repository) => repository.expire(ledger.now, 10))
      case "Claim":
        return claim()
      case "Deliver": {
        const action = at(ledger.held, move.which)
        return action === undefined ? Effect.void : attempt(action, move.end)
      }
      case "TakePolls":
        return takePolls()
      case "Link":
        return link(move)
      case "Replay":
        return replay(move)
      case "Redrive":
        return redrive(move)
      case "Erase":
        return erase(move)
      case "Purge":
        return Effect.flatMap(RetentionStore, (store) =>
          store.purge({ bodies: ledger.now - day, daily: ledger.now - 2 * day }, 10)
        )
      case "Wait":
        return Effect.sync(() => {
          ledger.now += move.millis
        })
    }
  }
}

/** Lets all workers do what they do at once, each on one of the nodes; what was acknowledged. */
export const rage = Effect.fnUntraced(function* (nodes: ReadonlyArray<Node>, { opened, workers }: Commotion) {
  const ledger = new Ledger()
  const move = moving(ledger)
  const on = (index: number, next: Move) => {
    const node = at(nodes, index)
    return node === undefined ? Effect.void : Effect.provide(move(next), node)
  }
  for (const [index, user] of opened.entries()) {
    yield* on(index, { _tag: "Start", user, slot: 0, restart: true, key: null })
    const page = { reference: null, verificationId: null, kind: "page" } as const
    yield* on(index, { _tag: "Answer", which: 0, token: `tok-${index}`, ...page })
  }
  yield* Effect.forEach(
    workers,
    (moves, index) => Effect.forEach(moves, (next) => on(index, next), { discard: true }),
    { concurrency: "unbounded", discard: true }
  )
  return ledger
})
