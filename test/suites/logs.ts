import { HashMap, type Layer, Logger } from "effect"
import * as Cause from "effect/Cause"

const shown = (part: unknown) =>
  Cause.isCause(part)
    ? Cause.pretty(part)
    : typeof part === "object" && part !== null
      ? detailsOf(Object.entries(part))
      : part

const detailsOf = (entries: Iterable<readonly [string, unknown]>) =>
  [...entries]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(" ")

/** What is logged, a line each: level, message, annotations, cause. */
export const capturedLogs = () => {
  const lines: Array<string> = []
  const logger = Logger.make(({ annotations, cause, logLevel, message }) => {
    const told = [message].flat().map(shown)
    const why = Cause.isEmpty(cause) ? "" : Cause.pretty(cause)
    const line = [logLevel.label, ...told, detailsOf(HashMap.entries(annotations)), why]
    lines.push(line.filter((part) => part !== "").join(" "))
  })
  const layer: Layer.Layer<never> = Logger.replace(Logger.defaultLogger, logger)
  return { lines, layer, of: (text: string) => lines.filter((line) => line.includes(text)) }
}
