import { HashMap, type Layer, Logger } from "effect"
import * as Cause from "effect/Cause"

/** What is logged, a line each: level, message, annotations, cause. */
export const capturedLogs = () => {
  const lines: Array<string> = []
  const logger = Logger.make(({ annotations, cause, logLevel, message }) => {
    const told = [message].flat().map((part) => (Cause.isCause(part) ? Cause.pretty(part) : part))
    const details = HashMap.toEntries(annotations)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
    const why = Cause.isEmpty(cause) ? [] : [Cause.pretty(cause)]
    lines.push([logLevel.label, ...told, ...details, ...why].join(" "))
  })
  const layer: Layer.Layer<never> = Logger.replace(Logger.defaultLogger, logger)
  return { lines, layer, of: (text: string) => lines.filter((line) => line.includes(text)) }
}
