import type { Action } from "../../src/domain/Action.js"
import type { InboxEvent } from "../../src/domain/InboxEvent.js"
import type { Sent } from "./webhook.js"

/** A start that waits for the provider's answer. */
export interface UnderWay {
  readonly ref: string
  readonly user: string
  readonly slot: string
}

/** Something that one worker takes at a time, each time under a new number. */
export interface Turn {
  readonly thing: string
  readonly number: number
  readonly at: number
  readonly until: number
}

/** How often an event was delivered, and how it was received. */
export interface Delivered {
  readonly ids: Set<string>
  copies: number
  taken: number
  stale: boolean
  readonly sent: Sent | null
}

/** What the nodes acknowledged: what must be true in the end, whatever the order was. */
export class Ledger {
  readonly sent: Array<Sent> = []
  readonly sessions: Array<string> = []
  readonly tracked: Array<string> = []
  readonly deliveries = new Map<string, Delivered>()
  readonly erased = new Set<string>()
  readonly turns: Array<Turn> = []
  /** Turns that were over before their time, as `thing number`. */
  readonly over = new Set<string>()
  /** Actions that were delivered or given up, as `session sequence`. */
  readonly ended = new Set<string>()
  readonly overtaking: Array<string> = []
  /** Which session an event was said to count for. */
  readonly counted: Array<{ readonly event: string; readonly session: string }> = []
  underWay: ReadonlyArray<UnderWay> = []
  held: ReadonlyArray<Action> = []
  now = 1_000_000
  operations = 0
  erasures = 0
  #names = 0

  name(prefix: string): string {
    return `${prefix}${String(++this.#names).padStart(32, "0")}`
  }

  delivered(key: string, stale: boolean, event: InboxEvent, duplicate: boolean, sent: Sent | null): void {
    const known = this.deliveries.get(key) ?? { ids: new Set(), copies: 0, taken: 0, stale: false, sent }
    this.deliveries.set(key, known)
    known.ids.add(event.id)
    known.copies++
    known.stale ||= stale
    if (!duplicate) known.taken++
    this.counts(event)
  }

  counts({ countedAt, id, sessionRef }: InboxEvent): void {
    if (countedAt !== null && sessionRef !== null) this.counted.push({ event: id, session: sessionRef })
  }

  claimed(actions: ReadonlyArray<Action>, at: number, until: number): void {
    for (const { attempts, id, sequence, sessionRef } of actions) {
      this.turns.push({ thing: id, number: attempts, at, until })
      for (let before = 1; before < sequence; before++) {
        if (!this.ended.has(`${sessionRef} ${before}`)) this.overtaking.push(`${sessionRef} ${sequence}`)
      }
    }
    this.held = [...this.held, ...actions]
  }
}
