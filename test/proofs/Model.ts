import { expectedVerdict, type Told, type Word } from "./expectedVerdict.js"

const minute = 60_000
const day = 24 * 60 * minute

export interface ModelSession {
  readonly ref: string
  readonly user: string
  readonly slot: string
  readonly product: string
  readonly confirmable: boolean
  readonly expiresAt: number
  open: boolean
  expiredAt: number | null
  verdict: Word
  dueAt: number | null
  readonly changes: Array<Word>
}

export interface ModelEvent extends Told {
  readonly id: string
  readonly source: "webhook" | "poll"
  readonly key: string
  readonly receivedAt: number
  readonly readable: boolean
  /** Until an operator replays it. */
  stale: boolean
  readonly type: string
  readonly environment: string | null
  readonly product: string
  readonly verificationId: string | null
  readonly candidates: ReadonlyArray<string>
  state: "counts" | "unmatched" | "ignored" | "unreadable"
  session: string | null
  countedAt: number | null
}

export interface ModelAction {
  readonly session: string
  readonly sequence: number
  readonly verdict: Word
  state: "pending" | "delivered" | "dead"
  attempts: number
  dueAt: number
}

interface ModelStart {
  readonly ref: string
  readonly user: string
  readonly slot: string
  readonly leaseUntil: number
  state: "reserved" | "opened" | "failed"
}

interface Known {
  readonly session: string
  readonly byPhone: boolean
  shared: boolean
}

interface Remembered {
  readonly request: string
  readonly ref: string
  readonly at: number
  answered: boolean
}

/** The contract's sections 3 to 7 on plain data: what must be true after each step, however it is stored. */
export class Model {
  readonly sessions = new Map<string, ModelSession>()
  readonly events: Array<ModelEvent> = []
  readonly actions: Array<ModelAction> = []
  readonly #starts = new Map<string, ModelStart>()
  readonly #identifiers = new Map<string, Known>()
  readonly #keys = new Map<string, Remembered>()

  reserve(request: {
    readonly ref: string
    readonly user: string
    readonly slot: string
    readonly restart: boolean
    readonly key: string | null
    readonly now: number
  }): string {
    const { key, now, ref, restart, slot, user } = request
    const asked = `${slot} ${restart}`
    const place = `${user} ${key}`
    const remember = (session: string, answered: boolean) => {
      if (key !== null) this.#keys.set(place, { request: asked, ref: session, at: now, answered })
    }
    const known = key === null ? undefined : this.#keys.get(place)
    if (known !== undefined && known.at + day > now) {
      const start = this.#starts.get(known.ref)
      if (known.answered || (start?.state === "reserved" && start.leaseUntil > now)) {
        if (known.request !== asked) return "KeyReused"
        return known.answered ? `Replayed ${known.ref}` : `Busy ${known.ref}`
      }
    }
    const running = [...this.#starts.values()].find(
      (start) => start.state === "reserved" && start.user === user && start.slot === slot
    )
    if (running !== undefined && running.leaseUntil > now) return `Busy ${running.ref}`
    const open = this.#openIn(user, slot)
    if (!restart && open !== undefined) {
      if (open.verdict === "in_review") return `InReview ${open.ref}`
      if (open.expiresAt >= now + 2 * minute) {
        remember(open.ref, true)
        return `Resumed ${open.ref}`
      }
    }
    if (running !== undefined) running.state = "failed"
    this.#starts.set(ref, { ref, user, slot, leaseUntil: now + 10_000, state: "reserved" })
    remember(ref, false)
    return `Reserved ${ref}`
  }

  release(ref: string): void {
    const start = this.#starts.get(ref)
    if (start?.state === "reserved") start.state = "failed"
    for (const [place, known] of this.#keys) {
      if (known.ref === ref && !known.answered) this.#keys.delete(place)
    }
  }

  open(
    session: Pick<ModelSession, "ref" | "user" | "slot" | "product" | "confirmable" | "expiresAt">,
    token: string | null,
    others: ReadonlyArray<string>,
    now: number
  ): string {
    if (token !== null && this.#identifiers.has(token)) return "TokenReused"
    const start = this.#starts.get(session.ref)
    if (start?.state !== "reserved") return "LeaseLost"
    start.state = "opened"
    const replaced = this.#openIn(session.user, session.slot)
    if (replaced !== undefined) replaced.open = false
    this.#add(session)
    for (const known of this.#keys.values()) if (known.ref === session.ref) known.answered = true
    this.#claim(session.ref, session.ref, false)
    const gained = token === null ? others : [token, ...others]
    for (const id of gained) this.#claim(id, session.ref, false)
    this.#matchWaiting(gained, now)
    return "Opened"
  }

  track(session: Pick<ModelSession, "ref" | "user" | "product" | "expiresAt">, id: string): string {
    const known = this.#identifiers.get(id)
    if (known !== undefined) {
      const owner = this.sessions.get(known.session)
      const isOwn = owner?.user === session.user && owner.product === session.product
      return known.byPhone && isOwn && !known.shared ? `Known ${known.session}` : "Taken"
    }
    if (this.events.some(({ candidates }) => candidates.includes(id))) return "Taken"
    this.#add({ ...session, slot: id, confirmable: true })
    this.#claim(session.ref, session.ref, false)
    this.#claim(id, session.ref, true)
    return "Tracked"
  }

  /** True when it was new. */
  webhook(event: ModelEvent): boolean {
    const at = this.events.findIndex(({ key }) => key === event.key)
    const known = this.events[at]
    const onlyStale = known?.stale === true && !event.stale
    if (known !== undefined && !onlyStale) return false
    const admitted = known === undefined ? event : { ...event, id: known.id }
    if (known === undefined) this.events.push(admitted)
    else this.events[at] = admitted
    if (!admitted.readable) admitted.state = admitted.stale ? "ignored" : "unreadable"
    else if (admitted.stale) admitted.state = "ignored"
    else this.#match(admitted, admitted.receivedAt)
    return true
  }

  pollAnswer(event: ModelEvent, session: ModelSession): boolean {
    if (this.events.some(({ key }) => key === event.key)) return false
    this.events.push(event)
    if (!this.#isBoundElsewhere(event, session)) this.#count(event, session, event.receivedAt)
    return true
  }

  expire(now: number): ReadonlyArray<string> {
    const due = [...this.sessions.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= now)
    for (const session of due) {
      session.expiredAt = now
      this.#settle(session, now)
    }
    return due.map(({ ref }) => ref)
  }

  link(event: ModelEvent, session: ModelSession, now: number): string {
    if (event.state !== "unmatched") return "not_unmatched"
    if (event.environment !== "test") return "wrong_environment"
    if (event.product !== session.product) return "wrong_product"
    if (this.#isBoundElsewhere(event, session)) return "verification_bound"
    this.#count(event, session, now)
    return "linked"
  }

  replay(event: ModelEvent, now: number): void {
    if (event.source === "poll" || !event.readable || event.state === "counts") return
    this.#match(event, now)
  }

  /** Those that nobody has, the first of each session. */
  claim(now: number): ReadonlyArray<ModelAction> {
    const due = this.actions.filter(
      (action) =>
        action.state === "pending" &&
        action.dueAt <= now &&
        !this.actions.some(
          (other) =>
            other.session === action.session && other.sequence < action.sequence && other.state === "pending"
        )
    )
    for (const action of due) {
      action.attempts++
      action.dueAt = now + 20_000
    }
    return due
  }

  /** Nothing comes of a worker that was too slow. */
  record(action: ModelAction, attempt: number, state: ModelAction["state"], dueAt: number): void {
    if (action.state !== "pending" || action.attempts !== attempt) return
    action.state = state
    action.dueAt = dueAt
  }

  redrive(action: ModelAction, now: number): boolean {
    if (action.state !== "dead") return false
    action.state = "pending"
    action.dueAt = now
    return true
  }

  #openIn(user: string, slot: string) {
    return [...this.sessions.values()].find((s) => s.open && s.user === user && s.slot === slot)
  }

  #add(session: Pick<ModelSession, "ref" | "user" | "slot" | "product" | "confirmable" | "expiresAt">): void {
    const verdict = expectedVerdict([], session.confirmable, null)
    const dueAt = session.confirmable ? session.expiresAt + 5 * minute : null
    this.sessions.set(session.ref, { ...session, open: true, expiredAt: null, verdict, dueAt, changes: [] })
  }

  #claim(id: string, session: string, byPhone: boolean): void {
    const known = this.#identifiers.get(id)
    if (known === undefined) this.#identifiers.set(id, { session, byPhone, shared: false })
    else known.shared ||= known.session !== session
  }

  /** A `verification_id` decides one session for ever. */
  #isBoundElsewhere({ verificationId }: ModelEvent, session: ModelSession): boolean {
    const known = verificationId === null ? undefined : this.#identifiers.get(verificationId)
    return known !== undefined && (known.shared || known.session !== session.ref)
  }

  #match(event: ModelEvent, now: number): void {
    this.#matchWaiting(this.#attribute(event, now), now)
  }

  /** What its session gained by it. */
  #attribute(event: ModelEvent, now: number): ReadonlyArray<string> {
    event.stale = false
    event.session = null
    event.countedAt = null
    event.state = "ignored"
    if (event.type !== "verification.completed" || event.environment !== "test") return []
    const known = event.candidates
      .map((id) => this.#identifiers.get(id))
      .filter((found) => found !== undefined)
    const refs = new Set(known.filter(({ shared }) => !shared).map(({ session }) => session))
    const [ref] = refs
    const only = refs.size === 1 ? this.sessions.get(ref ?? "") : undefined
    if (only !== undefined && event.product !== only.product) return []
    event.state = "unmatched"
    if (only === undefined || this.#isBoundElsewhere(event, only)) return []
    return this.#counts(event, only, now)
  }

  #counts(event: ModelEvent, session: ModelSession, now: number): ReadonlyArray<string> {
    event.state = "counts"
    event.session = session.ref
    event.countedAt = now
    const { verificationId } = event
    const binds = verificationId !== null && !this.#identifiers.has(verificationId)
    if (binds) this.#claim(verificationId, session.ref, false)
    this.#settle(session, now)
    return binds ? [verificationId] : []
  }

  #count(event: ModelEvent, session: ModelSession, now: number): void {
    this.#matchWaiting(this.#counts(event, session, now), now)
  }

  #matchWaiting(identifiers: ReadonlyArray<string>, now: number): void {
    let gained = identifiers
    while (gained.length > 0) {
      const waiting = this.events
        .filter(
          ({ candidates, state }) => state === "unmatched" && candidates.some((id) => gained.includes(id))
        )
        .sort((a, b) => a.receivedAt - b.receivedAt)
      gained = waiting.flatMap((event) => this.#attribute(event, now))
    }
  }

  #settle(session: ModelSession, now: number): void {
    const events = this.events.filter((event) => event.state === "counts" && event.session === session.ref)
    const verdict = expectedVerdict(events, session.confirmable, session.expiredAt)
    if (verdict === session.verdict) return
    session.verdict = verdict
    session.changes.push(verdict)
    const inReview = verdict === "in_review"
    session.open &&= inReview || verdict === "expired"
    session.dueAt =
      inReview && session.confirmable ? Math.max(session.expiresAt + 5 * minute, now + 14 * day) : null
    this.actions.push({
      session: session.ref,
      sequence: session.changes.length,
      verdict,
      state: "pending",
      attempts: 0,
      dueAt: now
    })
  }
}
