import { Clock, Duration, Effect, Layer, Random, Redacted, TestClock } from "effect"
import { outcomeTable } from "../../src/domain/Outcome.js"
import { firstPollAt, type Poll } from "../../src/domain/Poll.js"
import { Records } from "../../src/operators/Records.js"
import { PollGate } from "../../src/polling/PollGate.js"
import { StatusPoller } from "../../src/polling/StatusPoller.js"
import { SessionFeed } from "../../src/sessions/SessionFeed.js"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import type { ProviderAnswer } from "../../src/verifyhuman/Exchange.js"
import { VerifyHumanClient } from "../../src/verifyhuman/VerifyHumanClient.js"
import type { VerifyHumanError } from "../../src/verifyhuman/VerifyHumanError.js"
import { WebhookPolicy } from "../../src/webhooks/WebhookPolicy.js"
import { aTracking } from "../suites/fixtures.js"
import { testPorts } from "../suites/storage.js"

/** When the fixtures' sessions are tracked. */
export const start = 1_000_000

const policy = Layer.succeed(WebhookPolicy, {
  secrets: [Redacted.make("whsec_unused")],
  scheme: "either",
  outcomes: outcomeTable()
})

export const base = Layer.mergeAll(
  Layer.provide(testPorts, tablesMemory),
  SessionFeed.layerMemory,
  PollGate.layer,
  policy
)

export type Play = Effect.Effect<ProviderAnswer, VerifyHumanError>

export const json = (value: unknown): ProviderAnswer => ({
  body: Buffer.from(JSON.stringify(value) ?? ""),
  json: value
})

export const envelope = (id: string, product: string, fields: object = {}) => ({
  success: true,
  session_id: id,
  verification_id: product === "verifyhuman" ? id : null,
  product,
  outcome: null,
  meta: { environment: "test", step: "submit" },
  ...fields
})

/** A provider that answers as told, with what it was asked when. Untold, nothing is decided yet. */
export const aProvider = (
  play: (id: string, call: number, product: Poll["product"]) => Play | object = () => ({})
) => {
  const calls: Array<{ readonly id: string; readonly at: number }> = []
  const client = Layer.succeed(VerifyHumanClient, {
    generate: () => Effect.dieMessage("no hosted session is asked for"),
    status: (product, id) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const told = play(id, calls.push({ id, at: now - start }), product)
        return Effect.isEffect(told) ? (told as Play) : Effect.succeed(json(envelope(id, product, told)))
      })
  })
  return {
    calls,
    times: () => calls.map(({ at }) => at),
    timesOf: (id: string) => calls.flatMap((call) => (call.id === id ? [call.at] : [])),
    poller: Layer.provide(StatusPoller, client)
  }
}

export const track = (given: Parameters<typeof aTracking>[0] = {}) =>
  Effect.gen(function* () {
    const repository = yield* SessionRepository
    const { poll, session, ...request } = aTracking(given)
    const now = Math.max(start, yield* Clock.currentTimeMillis)
    yield* repository.track({
      ...request,
      session: { ...session, createdAt: now, updatedAt: now },
      poll: { ...poll, nextAt: firstPollAt(now) }
    })
    return { sessionRef: session.sessionRef, id: poll.providerSessionId, userId: session.userId }
  })

export const verdictOf = (sessionRef: string) =>
  Effect.flatMap(SessionRepository, (repository) =>
    Effect.map(repository.find(sessionRef), (session) =>
      session === null ? null : [session.verdict.status, session.verdict.reason]
    )
  )

export const eventsOf = (sessionRef: string) =>
  Effect.flatMap(Records, (records) => Effect.map(records.session(sessionRef), ({ events }) => events))

/** A test of its own tables, without jitter, from the time at which sessions are tracked. */
export const polling = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.zipRight(TestClock.setTime(start), test).pipe(
    Effect.withRandom(Random.fixed([0])),
    Effect.provide(base)
  )

/** Time in which nobody asks, and then a poller that works for a second. */
export const later = (poller: Layer.Layer<never, never, Layer.Layer.Success<typeof base>>, minutes: number) =>
  Effect.zipRight(
    pass(minutes),
    Effect.scoped(Effect.zipRight(Layer.build(poller), TestClock.adjust("1 second")))
  )

export const pass = (minutes: number) => TestClock.adjust(Duration.minutes(minutes))
