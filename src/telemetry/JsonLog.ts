import {
  Array,
  Cause,
  Context,
  FiberRef,
  FiberRefs,
  HashMap,
  Inspectable,
  Logger,
  Option,
  Tracer
} from "effect"

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

const isRecord = (part: unknown): part is object =>
  typeof part === "object" && part !== null && Object.getPrototypeOf(part) === Object.prototype

/**
 * One JSON object a line: time, level, message, and beside them what the line was annotated with. What a record after a
 * text says is told in the same way, and overwrites nothing.
 */
export const jsonLog = Logger.make(({ annotations, cause, context, date, logLevel, message }) => {
  const line: Record<string, unknown> = { timestamp: "", level: "", message: "" }
  const tell = (name: string, value: unknown) => {
    line[name] = isPlain(value) ? value : textOf(value)
  }
  const [text, ...rest]: ReadonlyArray<unknown> = Array.isArray(message) ? message : [message]
  const isDetails = (part: unknown): part is object => typeof text === "string" && isRecord(part)
  const [said, details] = Array.partition(rest, isDetails)
  for (const [name, value] of details.flatMap(Object.entries)) tell(name, value)
  for (const [name, value] of HashMap.entries(annotations)) tell(name, value)
  line["timestamp"] = date.toISOString()
  line["level"] = logLevel.label
  line["message"] = [text, ...said].map(textOf).join(" ")
  if (!Cause.isEmpty(cause)) line["cause"] = Cause.pretty(cause, { renderErrorCause: true })
  const span = spanIn(context)
  if (Option.isSome(span)) {
    line["trace_id"] = span.value.traceId
    line["span_id"] = span.value.spanId
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
})
