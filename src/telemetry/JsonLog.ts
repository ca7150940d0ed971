import { Cause, Context, FiberRef, FiberRefs, HashMap, Inspectable, Logger, Option, Tracer } from "effect"

const isPlain = (value: unknown) =>
  value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)

/** Whatever it is can be written: an error, a circle, a big integer. */
const textOf = (value: unknown): string =>
  value instanceof Error
    ? `${value.name}: ${value.message}`
    : typeof value === "string"
      ? value
      : Inspectable.toStringUnknown(value, 0)

const spanIn = (refs: FiberRefs.FiberRefs) =>
  Context.getOption(FiberRefs.getOrDefault(refs, FiberRef.currentContext), Tracer.ParentSpan)

const isRecord = (part: unknown): part is Readonly<Record<string, unknown>> =>
  typeof part === "object" && part !== null && Object.getPrototypeOf(part) === Object.prototype

/**
 * One JSON object a line: time, level, message, and beside them what the line was annotated with. What a record after a
 * text says is told in the same way, and overwrites nothing.
 */
export const jsonLog = Logger.make(({ annotations, cause, context, date, logLevel, message }) => {
  const line: Record<string, unknown> = { timestamp: "", level: "", message: "" }
  const tell = (value: unknown, name: string) => {
    line[name] = isPlain(value) ? value : textOf(value)
  }
  const parts: ReadonlyArray<unknown> = Array.isArray(message) ? message : [message]
  const said: Array<string> = []
  for (const part of parts) {
    if (typeof parts[0] === "string" && isRecord(part)) {
      for (const name in part) tell(part[name], name)
    } else said.push(textOf(part))
  }
  HashMap.forEach(annotations, tell)
  line["timestamp"] = date.toISOString()
  line["level"] = logLevel.label
  line["message"] = said.join(" ")
  if (!Cause.isEmpty(cause)) line["cause"] = Cause.pretty(cause, { renderErrorCause: true })
  const span = spanIn(context)
  if (Option.isSome(span)) {
    line["trace_id"] = span.value.traceId
    line["span_id"] = span.value.spanId
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
})
