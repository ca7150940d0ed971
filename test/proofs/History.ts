import { assert } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { Outbox } from "../../src/actions/Outbox.js"
import type { Action } from "../../src/domain/Action.js"
import { type Identifier, identifier } from "../../src/domain/Correlation.js"
import { outcomeTable } from "../../src/domain/Outcome.js"
import { awaiting, unconfirmable } from "../../src/domain/Verdict.js"
import { readWebhookEvent } from "../../src/domain/WebhookEvent.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { Inbox } from "../../src/webhooks/Inbox.js"
import { aDelivery, anAnswer, anAudit, aReservation, aSession } from "../suites/fixtures.js"
import { compareAll, compareSessions } from "./comparison.js"
import { Model, type ModelAction, type ModelEvent } from "./Model.js"
import type { Machine, Ports } from "./machine.js"
import { makeReceiver } from "./receiver.js"
import type { Crash, Step, Turn } from "./steps.js"
import { trackingOf } from "./tracking.js"
import { asEvent, outcomes, type Sent, sent } from "./webhook.js"

type StepOf<Tag extends Step["_tag"]> = Extract<Step, { readonly _tag: Tag }>

interface UnderWay {
  readonly ref: string
  readonly user: string
  readonly slot: string
}

const at = <A>(things: ReadonlyArray<A>, which: number): A | undefined => things[which % things.length]
const hour = 3_600_000
const read = (body: Uint8Array) => readWebhookEvent(body, outcomeTable())

/** Lives a history on a machine and in the model, and holds the one against the other. */
export const live = Effect.fnUntraced(function* (machine: Machine, turns: ReadonlyArray<Turn>) {
  const model = new Model()
  const receiver = makeReceiver(model)
  const tracked: Array<string> = []
  const admitted = new Set<string>()
  let underWay: ReadonlyArray<UnderWay> = []
  let held: ReadonlyArray<Action> = []
  let unacknowledged: ReadonlyArray<Sent> = []
  let now = 1_000_000
  let names = 0
  let crashes = 0
  const name = (prefix: string) => `${prefix}${String(++names).padStart(32, "0")}`

  /** Does one thing. The model follows what was committed; only what was acknowledged can be compared. */
  const perform = Effect.fnUntraced(function* <A, E, B>(
    crash: Crash | null,
    work: Effect.Effect<A, E, Ports>,
    follow: () => B,
    compare: (got: A, expected: B) => void
  ) {
    machine.faults.arm(crash)
    const exit = yield* Effect.exit(machine.run(work))
    const crashed = machine.faults.crashedAt() !== null
    const committed = machine.faults.committed()
    machine.faults.arm(null)
    if (!crashed) {
      if (Exit.isFailure(exit)) return yield* Effect.failCause(exit.cause)
      compare(exit.value, follow())
      return exit.value
    }
    crashes++
    if (committed) follow()
    if (crash?.how === "die") {
      yield* machine.restart
      underWay = []
      held = []
    }
    yield* machine.run(compareAll(model))
    return null
  })

  const start = ({ key, restart, slot, user }: StepOf<"Start">, crash: Crash | null) => {
    const started = { ref: name("vs_"), user: `user ${user}`, slot: `slot ${slot}` }
    const request = {
      ...aReservation({ userId: started.user, fingerprint: started.slot, restart, now }),
      sessionRef: started.ref,
      leaseUntil: now + 10_000,
      resumableUntil: now + 120_000,
      limits: { windowMillis: 1, opened: 1000, failed: 1000 },
      idempotency: key === null ? null : { keyHash: `key ${key}`, requestHash: `${slot} ${restart}` }
    }
    return perform(
      crash,
      Effect.flatMap(SessionRepository, (repository) => repository.reserve(request)),
      () => model.reserve({ ...started, restart, key: key === null ? null : `key ${key}`, now }),
      (got, expected) => {
        const about =
          "session" in got
            ? ` ${got.session.sessionRef}`
            : "start" in got
              ? ` ${got.start.sessionRef}`
              : "sessionRef" in got
                ? ` ${got.sessionRef}`
                : ""
        assert.strictEqual(`${got._tag}${about}`, expected)
        if (got._tag === "Reserved") underWay = [...underWay, started]
      }
    )
  }

  const release = (ref: string, crash: Crash | null) =>
    perform(
      crash,
      Effect.flatMap(SessionRepository, (repository) =>
        repository.release(ref, { failure: "provider_rejected", retryAfterMillis: null })
      ),
      () => model.release(ref),
      () => {}
    )

  const answer = Effect.fnUntraced(function* (step: StepOf<"Answer">, crash: Crash | null) {
    const started = at(underWay, step.which)
    if (started === undefined) return
    underWay = underWay.filter((other) => other !== started)
    if (step.kind === "failure") return yield* release(started.ref, crash)
    const confirmable = step.kind === "page"
    const product = started.slot === "slot 0" ? "verifyidentity" : "verifyhuman"
    const request = aReservation({ userId: started.user, fingerprint: started.slot, now })
    const session = aSession(
      { ...request, sessionRef: started.ref },
      {
        product,
        confirmable,
        verdict: confirmable ? awaiting : unconfirmable,
        ...(confirmable ? {} : { expiryDueAt: null, model: "flow" })
      }
    )
    const others: ReadonlyArray<Identifier & { readonly text: string }> = [
      ...(step.reference === null
        ? []
        : [{ ...identifier("session_id", step.reference), text: step.reference }]),
      ...(step.verificationId === null
        ? []
        : [{ ...identifier("verification_id", step.verificationId), text: step.verificationId }])
    ]
    const identifiers = confirmable ? [identifier("token", step.token), ...others] : []
    const opening = yield* perform(
      crash,
      Effect.flatMap(SessionRepository, (repository) => repository.open(session, identifiers)),
      () =>
        model.open(
          { ...started, product, confirmable, expiresAt: now + hour },
          confirmable ? step.token : null,
          confirmable ? others.map(({ text }) => text) : [],
          now
        ),
      (got, expected) => assert.strictEqual(got._tag, expected)
    )
    if (opening?._tag === "TokenReused") yield* release(started.ref, null)
  })

  const track = (step: StepOf<"Track">, crash: Crash | null) => {
    const { id, product } = step
    const ref = name("vs_")
    const limits = { windowMillis: 1, opened: 1000, failed: 1000 }
    const request = trackingOf(ref, step, now, { limits, pollAfter: 2000 })
    return perform(
      crash,
      Effect.flatMap(SessionRepository, (repository) => repository.track(request)),
      () => {
        const { userId: user } = request.session
        const tracking = model.track({ ref, user, product, expiresAt: now + hour }, id)
        if (tracking === "Tracked") tracked.push(ref)
        return tracking
      },
      (got, expected) =>
        assert.strictEqual(got._tag === "Known" ? `Known ${got.session.sessionRef}` : got._tag, expected)
    )
  }

  const deliver = Effect.fnUntraced(function* (webhook: Sent, crash: Crash | null) {
    const event = asEvent(webhook, name("ev_"), now)
    const { id, receivedAt, stale } = event
    const acknowledged = yield* perform(
      crash,
      Effect.flatMap(Inbox, (inbox) => inbox.admit(aDelivery(webhook.body, { id, receivedAt, stale }))),
      () => model.webhook(event),
      (got, isNew) => {
        assert.strictEqual(got.duplicate, !isNew)
        admitted.add(got.event.id)
      }
    )
    if (acknowledged === null) unacknowledged = [...unacknowledged, webhook]
  })

  const sendAgain = Effect.fnUntraced(function* (crash: Crash | null) {
    const again = unacknowledged
    unacknowledged = []
    for (const [index, webhook] of again.entries()) yield* deliver(webhook, index === 0 ? crash : null)
  })

  const pollAnswer = ({ status, verificationId, which }: StepOf<"PollAnswer">, crash: Crash | null) => {
    const session = model.sessions.get(at(tracked, which) ?? "")
    if (session === undefined) return Effect.void
    const outcome = outcomes[status] ?? "declined"
    const event: ModelEvent = {
      id: name("ev_"),
      source: "poll",
      key: `poll ${session.ref} ${status}`,
      receivedAt: now,
      readable: true,
      stale: false,
      type: "",
      environment: "test",
      product: session.product,
      verificationId,
      candidates: [],
      outcome,
      providerTime: null,
      state: "unmatched",
      session: null,
      countedAt: null
    }
    const given = { ...anAnswer(session.ref, { outcome, providerStatus: status }), verificationId }
    return perform(
      crash,
      Effect.flatMap(Inbox, (inbox) => inbox.admitAnswer({ ...given, id: event.id, receivedAt: now })),
      () => model.pollAnswer(event, session),
      (got, isNew) => assert.strictEqual(got.duplicate, !isNew)
    )
  }

  const expire = (crash: Crash | null) =>
    perform(
      crash,
      Effect.flatMap(SessionRepository, (repository) => repository.expire(now, 1000)),
      () => model.expire(now),
      (got, expected) =>
        assert.sameMembers(
          got.changed.map(({ sessionRef }) => sessionRef),
          [...expected]
        )
    )

  const claim = (crash: Crash | null) =>
    perform(
      crash,
      Effect.flatMap(Outbox, (outbox) => outbox.claim(now, now + 20_000, 1000)),
      () => model.claim(now).map((action) => `${action.session} ${action.sequence} ${action.attempts}`),
      (got, expected) => {
        assert.sameMembers(
          got.map((action) => `${action.sessionRef} ${action.sequence} ${action.attempts}`),
          expected
        )
        held = [...held, ...got]
      }
    )

  const attempt = Effect.fnUntraced(function* (
    action: Action,
    end: StepOf<"Deliver">["end"],
    crash: Crash | null
  ) {
    held = held.filter((other) => other !== action)
    if (end.startsWith("taken")) receiver.receive(action)
    if (end.endsWith("the worker dies")) return
    const result = end === "taken" ? "delivered" : end === "gone" ? "gone" : "failed"
    const state = end === "taken" ? "delivered" : end === "gone" ? "dead" : "pending"
    const nextAttemptAt = end === "refused" ? now + 5000 : now
    const row = {
      actionId: action.id,
      attempt: action.attempts,
      at: now,
      result,
      status: 200,
      answer: ""
    } as const
    yield* perform(
      crash,
      Effect.flatMap(Outbox, (outbox) =>
        outbox.record(action, row, { state, nextAttemptAt, finishedAt: state === "pending" ? null : now })
      ),
      () => {
        const known = receiver.find(action)
        model.record(known, action.attempts, state, nextAttemptAt)
        if (known.state === "dead") receiver.died(known)
      },
      () => {}
    )
  })

  const link = ({ event: whichEvent, session: whichSession }: StepOf<"Link">, crash: Crash | null) => {
    const event = at(model.events, whichEvent)
    const session = at([...model.sessions.values()], whichSession)
    if (event === undefined || session === undefined) return Effect.void
    return perform(
      crash,
      Effect.flatMap(Inbox, (inbox) =>
        inbox.link(event.id, session.ref, { ...anAudit("link"), at: now })
      ).pipe(
        Effect.as("linked"),
        Effect.catchTag("EventNotLinkable", ({ why }) => Effect.succeed(why as string))
      ),
      () => model.link(event, session, now),
      (got, expected) => assert.strictEqual(got, expected)
    )
  }

  const replay = ({ event: which }: StepOf<"Replay">, crash: Crash | null) => {
    const event = at(model.events, which)
    if (event === undefined) return Effect.void
    return perform(
      crash,
      Effect.flatMap(Inbox, (inbox) => inbox.replay(event.id, read, { ...anAudit("replay"), at: now })),
      () => model.replay(event, now),
      () => {}
    )
  }

  const redrive = Effect.fnUntraced(function* (known: ModelAction | undefined, crash: Crash | null) {
    if (known === undefined) return
    const listed = yield* machine.run(
      Effect.flatMap(Outbox, (outbox) => outbox.list({}, { before: null, limit: 1000 }))
    )
    const id = listed.items.find((action) => receiver.find(action) === known)?.id ?? "none"
    yield* perform(
      crash,
      Effect.flatMap(Outbox, (outbox) => outbox.redrive(id, { ...anAudit("redrive"), at: now })).pipe(
        Effect.as(true),
        Effect.catchTag("ActionNotDead", () => Effect.succeed(false))
      ),
      () => model.redrive(known, now),
      (got, expected) => assert.strictEqual(got, expected)
    )
  })

  const take = (step: Step, crash: Crash | null): Effect.Effect<unknown, unknown> => {
    switch (step._tag) {
      case "Start":
        return start(step, crash)
      case "Answer":
        return answer(step, crash)
      case "Track":
        return track(step, crash)
      case "Webhook": {
        const named = step.session === null ? undefined : at([...model.sessions.keys()], step.session)
        return deliver(sent(step, named ?? null), crash)
      }
      case "SendAgain":
        return sendAgain(crash)
      case "PollAnswer":
        return pollAnswer(step, crash)
      case "Expire":
        return expire(crash)
      case "Claim":
        return claim(crash)
      case "Deliver": {
        const action = at(held, step.which)
        return action === undefined ? Effect.void : attempt(action, step.end, crash)
      }
      case "Link":
        return link(step, crash)
      case "Replay":
        return replay(step, crash)
      case "Redrive":
        return redrive(at(model.actions, step.which), crash)
      case "Wait":
        return Effect.sync(() => {
          now += step.millis
        })
    }
  }

  /** All failures have ended: whatever is due is claimed and taken, until nothing is. */
  const deliverAll = Effect.gen(function* () {
    while (model.actions.some(({ state }) => state === "pending")) {
      now += hour
      const before = model.actions.filter(({ state }) => state === "pending").length
      yield* claim(null)
      for (const action of held) yield* attempt(action, "taken", null)
      assert.isBelow(model.actions.filter(({ state }) => state === "pending").length, before)
    }
  })

  for (const [index, { crash, step }] of turns.entries()) {
    now += 1
    yield* take(step, crash)
    if (index % 5 === 4) yield* machine.run(compareSessions(model))
  }
  now += 1
  yield* sendAgain(null)
  yield* machine.restart
  held = []
  yield* deliverAll
  for (const action of model.actions.filter(({ state }) => state === "dead")) yield* redrive(action, null)
  yield* deliverAll
  receiver.assertComplete()
  yield* machine.run(compareAll(model))
  const acknowledged = yield* machine.run(
    Effect.flatMap(Inbox, (inbox) => Effect.forEach(admitted, (id) => inbox.find(id)))
  )
  return { crashes, changes: model.actions.length, acknowledged: acknowledged.length }
})
