import { Clock, Effect, Layer, TestClock } from "effect"
import { ActionDelivery } from "../../src/actions/ActionDelivery.js"
import { ActionTarget, DeliveryFailed, type Receipt } from "../../src/actions/ActionTarget.js"
import type { Action } from "../../src/domain/Action.js"
import { Records } from "../../src/operators/Records.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { admit, aHostedSession, unique } from "../suites/fixtures.js"
import { testPorts } from "../suites/storage.js"

/** When the fixtures' events come, and their actions are due. */
export const at = 2_000_000

export const base = Layer.merge(Layer.provide(testPorts, tablesMemory), SessionFeed.layerMemory)

export const failure = (given: Partial<DeliveryFailed> = {}) =>
  new DeliveryFailed({ gone: false, status: 500, answer: "no", retryAfterMillis: null, ...given })

export const taken: Receipt = { status: 200, answer: "ok" }

/** A target that does as told, and what it was handed when. */
export const aTarget = (
  play: (action: Action, call: number) => Effect.Effect<Receipt, DeliveryFailed> = () => Effect.succeed(taken)
) => {
  const calls: Array<{ readonly action: Action; readonly at: number }> = []
  const layer = Layer.succeed(ActionTarget, {
    deliver: (action) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => play(action, calls.push({ action, at: now - at })))
  })
  return { calls, layer, refs: () => calls.map(({ action }) => action.sessionRef) }
}

export const worker = (target: Layer.Layer<ActionTarget>) => Layer.provide(ActionDelivery, target)

/** Lets a worker of its own work for a time, and end. */
export const workFor = (target: Layer.Layer<ActionTarget>, millis = 0) =>
  Effect.scoped(Effect.zipRight(Layer.build(worker(target)), TestClock.adjust(millis)))

/** A session with the given verdicts, each with its action. */
export const aDecided = (...statuses: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const session = yield* aHostedSession
    const verificationId = unique("ver_")
    for (const [minute, status] of (statuses.length === 0 ? ["PASS"] : statuses).entries()) {
      const created = `2026-05-17T10:${30 + minute}:00Z`
      yield* admit({ token: session.token, verificationId, status, created }, { receivedAt: at })
    }
    return session
  })

export const recordsOf = (sessionRef: string) =>
  Effect.flatMap(Records, (records) => records.session(sessionRef))
