import { Cause, Context, FiberRef, FiberRefs, HashMap, Inspectable, Logger, Option, Tracer } from "effect"

const textOf = (part: unknown) => (typeof part === "string" ? part : Inspectable.toStringUnknown(part, 0))

const spanIn = (refs: FiberRefs.FiberRefs) =>
  Context.getOption(FiberRefs.getOrDefault(refs, FiberRef.currentContext), Tracer.ParentSpan)

/** One JSON object a line: time, level, message, and beside them what the line was annotated with. */
export const jsonLog = Logger.make(({ annotations, cause, context, date, logLevel, message }) => {
  const line: Record<string, unknown> = {
    timestamp: date.toISOString(),
    level: logLevel.label,
    message: Array.isArray(message) ? message.map(textOf).join(" ") : textOf(message)
  }
  for (const [name, value] of HashMap.entries(annotations)) line[name] = value
  if (!Cause.isEmpty(cause)) line["cause"] = Cause.pretty(cause, { renderErrorCause: true })
  const span = spanIn(context)
  if (Option.isSome(span)) {
    line["trace_id"] = span.value.traceId
    line["span_id"] = span.value.spanId
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
})
