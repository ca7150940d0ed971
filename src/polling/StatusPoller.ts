import { Cause, Clock, Effect, Layer, Random } from "effect"
import { workerLayer } from "../background/Worker.js"
import { readMobileAnswer } from "../domain/MobileAnswer.js"
import { ownId } from "../domain/OwnId.js"
import { type Poll, pollPause } from "../domain/Poll.js"
import { announce } from "../sessions/Announcing.js"
import { Entropy } from "../sessions/Entropy.js"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { VerifyHumanClient } from "../verifyhuman/VerifyHumanClient.js"
import { ProviderTimeout, type VerifyHumanError } from "../verifyhuman/VerifyHumanError.js"
import { Inbox } from "../webhooks/Inbox.js"
import { WebhookPolicy } from "../webhooks/WebhookPolicy.js"
import type { PollResult } from "./Gate.js"
import { PollGate } from "./PollGate.js"
import { PollTimetable } from "./PollTimetable.js"

const concurrency = 8
/** Longer than a request may take; then another worker may ask. */
const leaseMillis = 30_000
/** However long the provider may take otherwise: nobody else is to ask meanwhile. */
/** A session that is not known yet may be so soon; one that is not after so many questions is worth a line, once. */
const refusalsUntilTold = 5
const longestRequest = "20 seconds"
const defaultThrottleMillis = 30_000

const resultOf = (error: VerifyHumanError, now: number): PollResult => {
  switch (error._tag) {
    case "ProviderOutOfCredits":
      return { _tag: "Refused", why: "out_of_credits" }
    case "ProviderRejected":
      return error.why === "key_not_accepted" || error.why === "no_client_key"
        ? { _tag: "Refused", why: "key_not_accepted" }
        : { _tag: "Answered" }
    case "ProviderUnavailable":
      return error.throttled === true
        ? { _tag: "Throttled", until: now + (error.retryAfterMillis ?? defaultThrottleMillis) }
        : { _tag: "Failed" }
    case "ProviderTimeout":
      return { _tag: "Failed" }
  }
}

const retryAfterOf = (error: VerifyHumanError): number =>
  error._tag === "ProviderUnavailable" ? (error.retryAfterMillis ?? 0) : 0

/** Asks the provider for tracked sessions until they are decided or expire (contract section 8). */
export const StatusPoller: Layer.Layer<
  never,
  never,
  PollTimetable | PollGate | VerifyHumanClient | Inbox | SessionFeed | WebhookPolicy
> = Layer.unwrapEffect(
  Effect.gen(function* () {
    const timetable = yield* PollTimetable
    const gate = yield* PollGate
    const client = yield* VerifyHumanClient
    const inbox = yield* Inbox
    const feed = yield* SessionFeed
    const { outcomes } = yield* WebhookPolicy
    const entropy = yield* Entropy
    let underWay = 0

    const claim = Effect.fnUntraced(function* (room: number) {
      const claimed: Array<Poll> = []
      for (const { limit, products } of yield* gate.passages(room, underWay)) {
        const left = Math.min(limit, room - claimed.length)
        if (left <= 0) break
        const now = yield* Clock.currentTimeMillis
        const polls = yield* timetable.claim(products, now, now + leaseMillis, left)
        yield* gate.probed(polls.map(({ product }) => product))
        claimed.push(...polls)
      }
      underWay += claimed.length
      return claimed
    })

    /** An answer that decides becomes an event of the same inbox; every other one changes nothing. */
    const take = Effect.fnUntraced(function* (poll: Poll, body: Uint8Array, json: unknown) {
      const answer = readMobileAnswer(json, poll, outcomes)
      if (answer._tag === "Unusable") {
        yield* Effect.logWarning("An answer of VerifyHuman cannot be used").pipe(
          Effect.annotateLogs({ session_ref: poll.sessionRef, why: answer.why })
        )
      }
      if (answer._tag !== "Told") return
      const receivedAt = yield* Clock.currentTimeMillis
      const admission = yield* inbox.admitAnswer({
        ...answer,
        id: ownId("ev", receivedAt, yield* entropy.token),
        sessionRef: poll.sessionRef,
        receivedAt,
        body
      })
      yield* announce(feed, "poll", admission.changed)
    })

    const ask = (poll: Poll) =>
      client.status(poll.product, poll.providerSessionId).pipe(
        Effect.timeoutFail({ duration: longestRequest, onTimeout: () => new ProviderTimeout() }),
        Effect.tap(() => gate.record(poll.product, { _tag: "Answered" })),
        Effect.flatMap(({ body, json }) => take(poll, body, json)),
        Effect.as(0),
        Effect.catchTag("SessionNotFound", () => Effect.succeed(0)),
        Effect.catchTags({
          ProviderRejected: (error) => refused(poll, error),
          ProviderOutOfCredits: (error) => refused(poll, error),
          ProviderUnavailable: (error) => refused(poll, error),
          ProviderTimeout: (error) => refused(poll, error)
        })
      )

    const refused = Effect.fnUntraced(function* (poll: Poll, error: VerifyHumanError) {
      if (error._tag === "ProviderRejected" && poll.attempts === refusalsUntilTold) {
        yield* Effect.logWarning("VerifyHuman does not tell the status of a tracked session").pipe(
          Effect.annotateLogs({ session_ref: poll.sessionRef, why: error.why, status: error.status })
        )
      }
      yield* gate.record(poll.product, resultOf(error, yield* Clock.currentTimeMillis))
      return retryAfterOf(error)
    })

    const perform = Effect.fnUntraced(function* (poll: Poll) {
      const retryAfter = yield* ask(poll).pipe(
        Effect.catchTag("StorageUnavailable", (error) =>
          Effect.as(Effect.logWarning("A status could not be stored", Cause.fail(error)), 0)
        )
      )
      const pause = Math.max(pollPause(poll.attempts, yield* Random.next), retryAfter)
      yield* timetable.reschedule(poll, Math.round((yield* Clock.currentTimeMillis) + pause))
    })

    return workerLayer({
      name: "The status poller",
      concurrency,
      every: "500 millis",
      news: Effect.never,
      claim,
      perform: (poll) =>
        Effect.ensuring(
          perform(poll),
          Effect.sync(() => {
            underWay -= 1
          })
        )
    })
  })
)
