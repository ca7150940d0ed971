import { Product } from "../domain/Product.js"

/** What a request to the provider came to. */
export type PollResult =
  | { readonly _tag: "Answered" }
  /** Timeout, connection, 5xx. */
  | { readonly _tag: "Failed" }
  /** 429. */
  | { readonly _tag: "Throttled"; readonly until: number }
  /** 401, 402 or 403: an operator's matter. */
  | { readonly _tag: "Refused"; readonly why: "key_not_accepted" | "out_of_credits" }

/**
 * What keeps the poller from hammering: a circuit breaker for the provider as a whole, a pause that it asked for, and
 * products that it refuses. Times are milliseconds since the epoch.
 */
export interface Gate {
  /** Failures in a row. */
  readonly failures: number
  /** The breaker is open until then; from then on, one request at a time probes. */
  readonly openUntil: number | null
  readonly pausedUntil: number
  readonly refused: ReadonlyMap<Product, { readonly why: string; readonly probeAt: number }>
}

export const openGate: Gate = { failures: 0, openUntil: null, pausedUntil: 0, refused: new Map() }

const failuresThatTrip = 5
const openMillis = 30_000
const probeRefusedMillis = 5 * 60_000

/** How many sessions of which products may be asked for now, while `underWay` requests are out. */
export interface Passage {
  readonly products: ReadonlyArray<Product>
  readonly limit: number
}

/**
 * What may pass, in this order and `room` in all: one of each refused product whose probe is due, and everything that is
 * not refused. A half-open breaker lets one of all these through.
 */
export const passages = (gate: Gate, now: number, room: number, underWay: number): ReadonlyArray<Passage> => {
  if (room <= 0 || now < gate.pausedUntil || (gate.openUntil !== null && now < gate.openUntil)) return []
  const halfOpen = gate.openUntil !== null
  if (halfOpen && underWay > 0) return []
  const free = Product.literals.filter((product) => !gate.refused.has(product))
  const probes = [...gate.refused].filter(([, { probeAt }]) => probeAt <= now)
  const wanted = halfOpen
    ? [{ products: [...probes.map(([product]) => product), ...free], limit: 1 }]
    : [...probes.map(([product]) => ({ products: [product], limit: 1 })), { products: free, limit: room }]
  return wanted.filter(({ products }) => products.length > 0)
}

/** A refused product was given its probe: the next one is not due before that time. */
export const probed = (gate: Gate, products: Iterable<Product>, now: number): Gate => {
  const refused = new Map(gate.refused)
  for (const product of products) {
    const known = refused.get(product)
    if (known !== undefined) refused.set(product, { ...known, probeAt: now + probeRefusedMillis })
  }
  return { ...gate, refused }
}

const without = (gate: Gate, product: Product): Gate["refused"] =>
  new Map([...gate.refused].filter(([refused]) => refused !== product))

/** The gate after a request for a product. */
export const after = (gate: Gate, product: Product, result: PollResult, now: number): Gate => {
  switch (result._tag) {
    case "Answered":
      return { ...gate, failures: 0, openUntil: null, refused: without(gate, product) }
    case "Throttled":
      return { ...gate, failures: 0, openUntil: null, pausedUntil: Math.max(gate.pausedUntil, result.until) }
    case "Refused": {
      const refusal = { why: result.why, probeAt: now + probeRefusedMillis }
      return { ...gate, failures: 0, openUntil: null, refused: new Map(gate.refused).set(product, refusal) }
    }
    case "Failed": {
      const failures = gate.failures + 1
      return {
        ...gate,
        failures,
        openUntil: failures >= failuresThatTrip ? now + openMillis : gate.openUntil
      }
    }
  }
}
