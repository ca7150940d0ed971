import { Effect, Layer } from "effect"
import type { ProviderEnvironment } from "../domain/Environment.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import { unreadableKey } from "../domain/WebhookEvent.js"
import { type Delivery, Inbox } from "../webhooks/Inbox.js"
import { makeMatching } from "./Matching.js"
import { Tables } from "./Tables.js"

const inboxEvent = (environment: ProviderEnvironment, delivery: Delivery): InboxEvent => {
  const { body, event, id, receivedAt, scheme, secretIndex, stale } = delivery
  return {
    id,
    environment,
    dedupeKey: event?.dedupeKey ?? unreadableKey(body),
    eventId: event?.eventId ?? null,
    type: event?.type ?? null,
    eventEnvironment: event?.environment ?? null,
    product: event?.product ?? null,
    outcome: event?.outcome ?? null,
    providerStatus: event?.providerStatus ?? null,
    providerTime: event?.providerTime ?? null,
    verificationHash: event?.verification?.hash ?? null,
    receivedAt,
    scheme,
    secretIndex,
    body,
    state: stale ? "ignored" : event === null ? "unreadable" : "unmatched",
    why: stale ? "stale" : event === null ? "not_json_object" : null,
    sessionRef: null,
    copies: 1
  }
}

const isStale = (event: InboxEvent) => event.state === "ignored" && event.why === "stale"

/** The inbox over any `Tables`. A fresh copy of an event that was only known stale is taken in as new. */
export const inboxLayer = (environment: ProviderEnvironment): Layer.Layer<Inbox, never, Tables> =>
  Layer.effect(
    Inbox,
    Effect.gen(function* () {
      const tables = yield* Tables
      const matching = yield* makeMatching

      const admit = Effect.fnUntraced(function* (delivery: Delivery) {
        const inserted = yield* tables.insertEvent(inboxEvent(environment, delivery))
        const revived = inserted._tag === "Duplicate" && isStale(inserted.event) && !delivery.stale
        if (inserted._tag === "Duplicate" && !revived) {
          return { event: inserted.event, duplicate: true, changed: [] }
        }
        const event = revived
          ? { ...inboxEvent(environment, delivery), id: inserted.event.id, copies: inserted.event.copies }
          : inserted.event
        if (revived) yield* tables.updateEvent(event)
        if (event.state !== "unmatched" || delivery.event === null)
          return { event, duplicate: false, changed: [] }
        const candidates = delivery.event.candidates.map((candidate) => candidate.hash)
        const matched = yield* matching.match(event, candidates, delivery.receivedAt)
        return { ...matched, duplicate: false }
      })

      return Inbox.of({ admit: (delivery) => tables.transaction("Inbox.admit", admit(delivery)) })
    })
  )
