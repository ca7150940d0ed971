import { Clock, Context, Effect, Layer } from "effect"
import { Outbox } from "../actions/Outbox.js"
import { type ActionNotDead, ActionNotFound } from "../actions/OutboxErrors.js"
import type { Action } from "../domain/Action.js"
import type { AuditEntry } from "../domain/Audit.js"
import { mayBeOwnId, ownId } from "../domain/OwnId.js"
import type { StorageUnavailable } from "../domain/StorageUnavailable.js"
import { readWebhookEvent } from "../domain/WebhookEvent.js"
import { announce } from "../sessions/Announcing.js"
import { Entropy } from "../sessions/Entropy.js"
import { SessionNotFound } from "../sessions/SessionErrors.js"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { SessionRepository } from "../sessions/SessionRepository.js"
import { type Admission, Inbox } from "../webhooks/Inbox.js"
import { EventNotFound, type EventNotLinkable } from "../webhooks/InboxErrors.js"
import { WebhookPolicy } from "../webhooks/WebhookPolicy.js"
import type { Operator } from "./Operator.js"

/** What operators change (contract section 9). Each change is audited in the transaction that makes it. */
export class Operations extends Context.Tag("verifyhuman-dropin/Operations")<
  Operations,
  {
    readonly link: (
      operator: Operator,
      eventId: string,
      sessionRef: string
    ) => Effect.Effect<Admission, EventNotFound | EventNotLinkable | SessionNotFound | StorageUnavailable>
    readonly replay: (
      operator: Operator,
      eventId: string
    ) => Effect.Effect<Admission, EventNotFound | StorageUnavailable>
    readonly redrive: (
      operator: Operator,
      actionId: string
    ) => Effect.Effect<Action, ActionNotFound | ActionNotDead | StorageUnavailable>
    /** Forgets a user; how many sessions there were. */
    readonly eraseUser: (operator: Operator, userId: string) => Effect.Effect<number, StorageUnavailable>
  }
>() {
  static readonly layer: Layer.Layer<
    Operations,
    never,
    Inbox | Outbox | SessionRepository | SessionFeed | WebhookPolicy
  > = Layer.effect(
    Operations,
    Effect.gen(function* () {
      const inbox = yield* Inbox
      const outbox = yield* Outbox
      const repository = yield* SessionRepository
      const feed = yield* SessionFeed
      const { outcomes } = yield* WebhookPolicy
      const entropy = yield* Entropy

      const entry = Effect.fnUntraced(function* (
        { actor, address }: Operator,
        action: AuditEntry["action"],
        target: string | null,
        details: AuditEntry["details"] = {}
      ) {
        const at = yield* Clock.currentTimeMillis
        return { id: ownId("au", at, yield* entropy.token), at, actor, address, action, target, details }
      })

      const told = (admission: Admission) =>
        Effect.as(announce(feed, "operator", admission.changed), admission)

      return {
        link: Effect.fn("Operations.link")(function* (operator, eventId, sessionRef) {
          if (!mayBeOwnId(eventId)) return yield* new EventNotFound()
          if (!mayBeOwnId(sessionRef)) return yield* new SessionNotFound()
          const audit = yield* entry(operator, "link", eventId, { session_ref: sessionRef })
          return yield* Effect.flatMap(inbox.link(eventId, sessionRef, audit), told)
        }),
        replay: Effect.fn("Operations.replay")(function* (operator, eventId) {
          if (!mayBeOwnId(eventId)) return yield* new EventNotFound()
          const audit = yield* entry(operator, "replay", eventId)
          const read = (body: Uint8Array) => readWebhookEvent(body, outcomes)
          return yield* Effect.flatMap(inbox.replay(eventId, read, audit), told)
        }),
        redrive: Effect.fn("Operations.redrive")(function* (operator, actionId) {
          if (!mayBeOwnId(actionId)) return yield* new ActionNotFound()
          const audit = yield* entry(operator, "redrive", actionId)
          const action = yield* outbox.redrive(actionId, audit)
          yield* feed.publish(action.sessionRef)
          return action
        }),
        eraseUser: Effect.fn("Operations.eraseUser")(function* (operator, userId) {
          const audit = yield* entry(operator, "erase_user", null)
          const erased = yield* repository.erase(userId, (sessions) => ({ ...audit, details: { sessions } }))
          yield* Effect.forEach(erased, feed.publish, { discard: true })
          return erased.length
        })
      }
    })
  )
}
