import { Effect, Queue } from "effect"
import type { WireEntry } from "../../src/sandbox/Wire.js"

/** What the sandbox tells of its wire, from the beginning; `raw` is the stream as it was read so far. */
export const followWire = Effect.fnUntraced(function* (url: string) {
  const entries = yield* Queue.unbounded<WireEntry>()
  const controller = yield* Effect.acquireRelease(
    Effect.sync(() => new AbortController()),
    (controller) => Effect.sync(() => controller.abort())
  )
  const response = yield* Effect.promise(() => fetch(`${url}/sandbox/wire`, { signal: controller.signal }))
  let raw = ""
  let unread = ""
  const read = async () => {
    for await (const chunk of response.body ?? []) {
      const text = new TextDecoder().decode(chunk)
      raw += text
      const events = (unread + text).split("\n\n")
      unread = events.pop() ?? ""
      for (const event of events) {
        const data = /^event: wire\ndata: (.*)$/s.exec(event)?.[1]
        if (data !== undefined) Queue.unsafeOffer(entries, JSON.parse(data))
      }
    }
  }
  yield* Effect.forkScoped(Effect.ignore(Effect.tryPromise(read)))
  const until = (isWanted: (entry: WireEntry) => boolean) =>
    Effect.repeat(Queue.take(entries), { until: isWanted })
  return { response, raw: () => raw, next: Queue.take(entries), until }
})
