import { Either } from "effect"

/** What `POST /hosted/generate` and the status endpoints do instead of answering. */
export type Fault = "402" | "429" | "500" | "hang" | "cut"

/** How the sandbox misbehaves for one session (contract section 10). */
export interface Behaviour {
  /** Seconds by which the webhook is late. */
  readonly late: number
  /** How many times the webhook is delivered. */
  readonly duplicate: number
  /** A review event, older than the verdict, is delivered after it. */
  readonly reorder: boolean
  readonly lost: boolean
  readonly wrongSecret: boolean
  readonly wrongEnvironment: boolean
  /** The event carries a `verification_id` and no token. */
  readonly noReference: boolean
  /** The flat body instead of the envelope. */
  readonly flat: boolean
  /** Signs `timestamp.body` instead of the body. */
  readonly timestamp: boolean
  readonly fault: Fault | null
}

export const wellBehaved: Behaviour = {
  late: 0,
  duplicate: 1,
  reorder: false,
  lost: false,
  wrongSecret: false,
  wrongEnvironment: false,
  noReference: false,
  flat: false,
  timestamp: false,
  fault: null
}

const flags: Readonly<Record<string, Partial<Behaviour>>> = {
  reorder: { reorder: true },
  lost: { lost: true },
  "wrong-secret": { wrongSecret: true },
  "wrong-environment": { wrongEnvironment: true },
  "no-reference": { noReference: true },
  flat: { flat: true },
  timestamp: { timestamp: true },
  "402": { fault: "402" },
  "429": { fault: "429" },
  "500": { fault: "500" },
  hang: { fault: "hang" },
  cut: { fault: "cut" }
}

const numbers: Readonly<
  Record<string, { readonly most: number; readonly set: (n: number) => Partial<Behaviour> }>
> = {
  late: { most: 3600, set: (late) => ({ late }) },
  duplicate: { most: 100, set: (duplicate) => ({ duplicate }) }
}

export const behaviourNames = ["late=SECONDS", "duplicate=N", ...Object.keys(flags)]

const readEntry = (entry: string): Partial<Behaviour> | null => {
  if (Object.hasOwn(flags, entry)) return flags[entry] ?? null
  const [name = "", amount = "", ...rest] = entry.split("=")
  const number = Object.hasOwn(numbers, name) ? numbers[name] : undefined
  return number !== undefined &&
    rest.length === 0 &&
    /^\d{1,4}$/.test(amount) &&
    Number(amount) <= number.most
    ? number.set(Number(amount))
    : null
}

/** Reads `late=3,duplicate=2,flat`; the left side says what is expected. */
export const parseBehaviour = (text: string): Either.Either<Behaviour, string> => {
  let behaviour = wellBehaved
  for (const entry of text.split(",").map((part) => part.trim())) {
    if (entry === "") continue
    const change = readEntry(entry)
    if (change === null) return Either.left(`expected a comma-separated list of ${behaviourNames.join(", ")}`)
    behaviour = { ...behaviour, ...change }
  }
  return Either.right(behaviour)
}
