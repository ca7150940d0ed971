const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23"
})
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" })
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" })

export const clockOf = (iso: string): string => clock.format(new Date(iso))

/** The day, unless it is today. */
export const dayOf = (iso: string): string | null => {
  const then = new Date(iso)
  const now = new Date()
  if (then.toDateString() === now.toDateString()) return null
  return (then.getFullYear() === now.getFullYear() ? day : dayAndYear).format(then)
}

export const momentOf = (iso: string): string => [dayOf(iso), clockOf(iso)].filter(Boolean).join(", ")

const units: ReadonlyArray<readonly [millis: number, name: string]> = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"]
]

/** A length of time in its greatest unit, and in the next where that tells something. */
export const lengthOf = (millis: number): string => {
  if (millis < 1000) return `${Math.round(millis)} ms`
  if (millis < 10_000) return `${(millis / 1000).toFixed(1)} s`
  const index = units.findIndex(([size]) => millis >= size)
  const [size, name] = units[index] ?? [1000, "s"]
  const whole = Math.floor(millis / size)
  const [nextSize, nextName] = units[index + 1] ?? [1, ""]
  const rest = Math.floor((millis - whole * size) / nextSize)
  return nextName === "" || rest === 0 || whole >= 10
    ? `${whole} ${name}`
    : `${whole} ${name} ${rest} ${nextName}`
}

export const fromNow = (iso: string, now: number = Date.now()): string => {
  const distance = Date.parse(iso) - now
  if (Math.abs(distance) < 1000) return "now"
  return distance > 0 ? `in ${lengthOf(distance)}` : `${lengthOf(-distance)} ago`
}
