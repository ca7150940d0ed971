import { Array, Effect, Layer } from "effect"
import { type IdentifierHash, identifier } from "../domain/Correlation.js"
import { sha256 } from "../domain/Digest.js"
import type { ProviderEnvironment } from "../domain/Environment.js"
import type { InboxEvent } from "../domain/InboxEvent.js"
import { mayBeOwnId } from "../domain/OwnId.js"
import { displayable } from "../domain/Text.js"
import { unreadableKey, type WebhookEvent } from "../domain/WebhookEvent.js"
import { SessionNotFound } from "../sessions/SessionErrors.js"
import { VerdictPolicy } from "../sessions/VerdictPolicy.js"
import { type Admission, type Delivery, Inbox, type PollAnswer } from "../webhooks/Inbox.js"
import { EventNotFound, EventNotLinkable } from "../webhooks/InboxErrors.js"
import { eventLock, identifierLocks } from "./Locks.js"
import { makeMatching } from "./Matching.js"
import { Tables } from "./Tables.js"

/** What was read of a body, as the inbox keeps it. */
const reading = (event: WebhookEvent | null) => ({
  eventId: event?.eventId ?? null,
  type: event?.type ?? null,
  eventEnvironment: event?.environment ?? null,
  product: event?.product ?? null,
  outcome: event?.outcome ?? null,
  providerStatus: event?.providerStatus ?? null,
  providerTime: event?.providerTime ?? null,
  verificationHash: event?.verification?.hash ?? null,
  state: event === null ? ("unreadable" as const) : ("unmatched" as const),
  why: event === null ? "not_json_object" : null
})

const delivered = (environment: ProviderEnvironment, delivery: Delivery): InboxEvent => {
  const { body, event, id, receivedAt, scheme, secretIndex, stale } = delivery
  const read = reading(event)
  return {
    id,
    source: "webhook",
    environment,
    dedupeKey: event?.dedupeKey ?? unreadableKey(body),
    eventId: read.eventId,
    type: read.type,
    eventEnvironment: read.eventEnvironment,
    product: read.product,
    outcome: read.outcome,
    providerStatus: read.providerStatus,
    providerTime: read.providerTime,
    verificationHash: read.verificationHash,
    receivedAt,
    scheme,
    secretIndex,
    body,
    state: stale ? "ignored" : read.state,
    why: stale ? "stale" : read.why,
    sessionRef: null,
    countedAt: null,
    copies: 1
  }
}

const isStale = (event: InboxEvent) => event.state === "ignored" && event.why === "stale"

/** What becomes of an event that no session is asked about. */
const unmatched = (event: InboxEvent) => ({ event, identifying: [], changed: [] })

const copyOf = (event: InboxEvent): Admission => ({ event, duplicate: true, changed: [] })

const admitted = ({ changed, event }: Pick<Admission, "event" | "changed">): Admission => ({
  event,
  duplicate: false,
  changed
})

/** The same answer to the same question is the same event, however often it is given. */
const answerKey = ({ providerStatus, sessionRef }: PollAnswer) =>
  sha256(JSON.stringify(["poll", sessionRef, providerStatus]))

const hashesOf = (event: WebhookEvent | null) => event?.candidates.map((candidate) => candidate.hash) ?? []

const verificationOf = ({ verificationId }: PollAnswer): ReadonlyArray<IdentifierHash> =>
  verificationId === null ? [] : [identifier("verification_id", verificationId).hash]

/** The inbox over any `Tables`. A fresh copy of an event that was only known stale is taken in as new. */
export const inboxLayer: Layer.Layer<Inbox, never, Tables | VerdictPolicy> = Layer.effect(
  Inbox,
  Effect.gen(function* () {
    const { environment } = yield* VerdictPolicy
    const tables = yield* Tables
    const matching = yield* makeMatching

    /** An event as it came again, in the place of the one that was only known stale. */
    const revive = Effect.fnUntraced(function* ({ copies, id }: InboxEvent, fresh: InboxEvent) {
      const event = { ...fresh, id, copies }
      yield* tables.events.replace(event)
      yield* tables.events.deleteCandidates(id)
      return event
    })

    const keep = (event: InboxEvent) => Effect.as(tables.events.put(event), unmatched(event))

    const admit = Effect.fnUntraced(function* (
      incoming: InboxEvent,
      candidates: ReadonlyArray<IdentifierHash>
    ) {
      const known = yield* tables.events.countCopy(environment, incoming.dedupeKey)
      if (known !== null && (!isStale(known) || isStale(incoming))) return copyOf(known)
      const event = known === null ? incoming : yield* revive(known, incoming)
      const matched =
        event.state === "unmatched"
          ? yield* matching.match(event, candidates, event.receivedAt)
          : yield* keep({ ...event, sessionRef: yield* matching.namedBy(event, candidates) })
      yield* tables.events.insertCandidates(event, Array.difference(candidates, matched.identifying))
      return admitted(matched)
    })

    const admitAnswer = Effect.fnUntraced(function* (answer: PollAnswer) {
      const [verificationHash = null] = verificationOf(answer)
      const session = yield* tables.sessions.hold(answer.sessionRef)
      if (session === null) return yield* new SessionNotFound()
      const dedupeKey = answerKey(answer)
      const known = yield* tables.events.countCopy(environment, dedupeKey)
      if (known !== null) return copyOf(known)
      const event: InboxEvent = {
        id: answer.id,
        source: "poll",
        environment,
        dedupeKey,
        eventId: null,
        type: null,
        eventEnvironment: environment,
        product: session.product,
        outcome: answer.outcome,
        providerStatus: displayable(answer.providerStatus),
        providerTime: null,
        verificationHash,
        receivedAt: answer.receivedAt,
        scheme: null,
        secretIndex: null,
        body: answer.body,
        state: "unmatched",
        why: null,
        sessionRef: null,
        countedAt: null,
        copies: 1
      }
      if (yield* matching.isBoundElsewhere(event, answer.sessionRef)) {
        return admitted(yield* keep({ ...event, why: "ambiguous", sessionRef: answer.sessionRef }))
      }
      return admitted(yield* matching.assign(event, session, answer.receivedAt))
    })

    const find = Effect.fnUntraced(function* (id: string) {
      const event = mayBeOwnId(id) ? yield* tables.events.find(id) : null
      return event === null || event.environment !== environment ? yield* new EventNotFound() : event
    })

    const lockIdentifiers = Effect.fnUntraced(function* ({ id, verificationHash }: InboxEvent) {
      const candidates = yield* tables.events.candidatesOf(id)
      const verification = verificationHash === null ? [] : [verificationHash]
      yield* tables.lock(identifierLocks(environment, [...candidates, ...verification]))
    })

    /** The event, nobody else deciding about it or about its identifiers: nor about those it has just been given. */
    const hold = Effect.fnUntraced(function* (id: string) {
      yield* lockIdentifiers(yield* find(id))
      const event = (yield* tables.events.hold(id)) ?? (yield* new EventNotFound())
      yield* lockIdentifiers(event)
      return event
    })

    const link: Inbox["Type"]["link"] = Effect.fnUntraced(function* (id, sessionRef, audit) {
      const event = yield* hold(id)
      const session = yield* tables.sessions.hold(sessionRef)
      if (session === null || session.environment !== environment) return yield* new SessionNotFound()
      if (event.state !== "unmatched") return yield* new EventNotLinkable({ why: "not_unmatched" })
      if (event.eventEnvironment !== session.environment) {
        return yield* new EventNotLinkable({ why: "wrong_environment" })
      }
      if (event.product !== session.product) return yield* new EventNotLinkable({ why: "wrong_product" })
      if (yield* matching.isBoundElsewhere(event, sessionRef)) {
        return yield* new EventNotLinkable({ why: "verification_bound" })
      }
      yield* tables.audit.insert(audit)
      return admitted(yield* matching.assign(event, session, audit.at))
    })

    /** Nothing about an event that counts for a session changes but its reading: it stays with that session. */
    const again = Effect.fnUntraced(function* (event: InboxEvent, at: number) {
      const session = event.countedAt === null ? null : yield* tables.sessions.hold(event.sessionRef ?? "")
      return session === null
        ? yield* matching.match(event, yield* tables.events.candidatesOf(event.id), at)
        : yield* matching.assign(event, session, at)
    })

    const replay: Inbox["Type"]["replay"] = Effect.fnUntraced(function* (id, read, audit) {
      const known = yield* hold(id)
      yield* tables.audit.insert(audit)
      const reread = known.source === "poll" || known.body === null ? null : read(known.body)
      if (reread !== null) {
        yield* tables.lock(identifierLocks(environment, hashesOf(reread)))
        const before = known.verificationHash === null ? [] : [known.verificationHash]
        yield* tables.events.insertCandidates(known, Array.dedupe([...hashesOf(reread), ...before]))
      }
      const event: InboxEvent = reread === null ? known : { ...known, ...reading(reread) }
      if (event.source === "poll" || event.outcome === null) {
        return admitted(unmatched(known))
      }
      return admitted(yield* again(event, audit.at))
    })

    return Inbox.of({
      admit: (delivery) => {
        const incoming = delivered(environment, delivery)
        const candidates = hashesOf(delivery.event)
        return tables.together(
          "Inbox.admit",
          [eventLock(incoming), ...identifierLocks(environment, candidates)],
          admit(incoming, candidates)
        )
      },
      admitAnswer: (answer) =>
        tables.together(
          "Inbox.admitAnswer",
          identifierLocks(environment, verificationOf(answer)),
          admitAnswer(answer)
        ),
      list: (filter, page) => tables.events.list(environment, filter, page),
      find,
      link: (id, sessionRef, audit) => tables.transaction("Inbox.link", link(id, sessionRef, audit)),
      replay: (id, read, audit) => tables.transaction("Inbox.replay", replay(id, read, audit))
    })
  })
)
