import { Either } from "effect"

/** What the signed webhooks can be made to do wrong, and what each means. */
export const webhookQuirks = {
  reorder: "an older review event arrives after the verdict",
  lost: "no webhook at all",
  "wrong-secret": "signed with a wrong secret",
  "wrong-environment": "of the environment live",
  "wrong-product": "of another product",
  "wrong-session": "about another session",
  "no-reference": "only a verification_id, no token",
  flat: "the flat body instead of the envelope",
  timestamp: "signed over timestamp.body instead of the body"
} as const

/** What the answers of the API can be made to get wrong; `wrong-…` of the above are theirs too. */
export const answerQuirks = {
  "wrong-shape": "an answer that nobody documented",
  "no-success": "a status answer with success: false"
} as const

export const faults = ["401", "402", "403", "429", "500", "hang", "cut"] as const

export type Quirk = keyof typeof webhookQuirks | keyof typeof answerQuirks

/** What an endpoint does instead of answering. */
export type Fault = (typeof faults)[number]

/** How the sandbox misbehaves for one session (contract section 10). */
export interface Behaviour {
  /** Seconds by which the verdict is late. */
  readonly late: number
  /** How many times the webhook is delivered. */
  readonly duplicate: number
  /** Seconds until the token expires, instead of the hours that were asked for. */
  readonly expires: number | null
  readonly quirks: ReadonlySet<Quirk>
  /** One after the other, each for so many requests. */
  readonly faults: ReadonlyArray<{ readonly fault: Fault; readonly times: number }>
}

export const wellBehaved: Behaviour = {
  late: 0,
  duplicate: 1,
  expires: null,
  quirks: new Set(),
  faults: []
}

const amounts = {
  late: { least: 0, most: 3600 },
  duplicate: { least: 1, most: 100 },
  expires: { least: 0, most: 259_200 }
} as const

export const behaviourNames: ReadonlyArray<string> = [
  "late=SECONDS",
  "duplicate=N",
  "expires=SECONDS",
  ...Object.keys(webhookQuirks),
  ...Object.keys(answerQuirks),
  ...faults
]

export const expectedBehaviour = `a comma-separated list of ${behaviourNames.join(", ")}; a fault for the first requests only is written 500=N`

const isAmount = (name: string): name is keyof typeof amounts => Object.hasOwn(amounts, name)
const isFault = (name: string): name is Fault => (faults as ReadonlyArray<string>).includes(name)
const isQuirk = (name: string): name is Quirk =>
  Object.hasOwn(webhookQuirks, name) || Object.hasOwn(answerQuirks, name)

const wholeNumber = (text: string, { least, most }: { least: number; most: number }): number | null =>
  /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null

/** A fault without end leaves no room for another one: the later one takes its place. */
const withFault = (behaviour: Behaviour, fault: Fault, times: number): Behaviour => ({
  ...behaviour,
  faults: [...behaviour.faults.filter(({ times }) => Number.isFinite(times)), { fault, times }]
})

const withEntry = (behaviour: Behaviour, entry: string): Behaviour | null => {
  if (isQuirk(entry)) return { ...behaviour, quirks: new Set([...behaviour.quirks, entry]) }
  if (isFault(entry)) return withFault(behaviour, entry, Number.POSITIVE_INFINITY)
  const [name = "", amount = ""] = entry.split(/=(.*)/s)
  if (isFault(name)) {
    const times = wholeNumber(amount, { least: 1, most: 1000 })
    return times === null ? null : withFault(behaviour, name, times)
  }
  if (!isAmount(name)) return null
  const number = wholeNumber(amount, amounts[name])
  return number === null ? null : { ...behaviour, [name]: number }
}

/** Reads `late=3,duplicate=2,flat`; the left side says what is expected. */
export const parseBehaviour = (text: string): Either.Either<Behaviour, string> => {
  let behaviour = wellBehaved
  for (const entry of text.split(",").map((part) => part.trim())) {
    if (entry === "") continue
    const changed = withEntry(behaviour, entry)
    if (changed === null) return Either.left(expectedBehaviour)
    behaviour = changed
  }
  return Either.right(behaviour)
}

/** The behaviour of the request after this one. */
export const afterRequest = (behaviour: Behaviour): Behaviour => {
  const [current, ...later] = behaviour.faults
  if (current === undefined) return behaviour
  return {
    ...behaviour,
    faults: current.times > 1 ? [{ ...current, times: current.times - 1 }, ...later] : later
  }
}
