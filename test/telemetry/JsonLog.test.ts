import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Logger } from "effect"
import { vi } from "vitest"
import { jsonLog } from "../../src/telemetry/JsonLog.js"

const lines = <A, E>(log: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const written: Array<string> = []
    const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(String(text))
      return true
    })
    yield* log.pipe(
      Effect.provide(Logger.replace(Logger.defaultLogger, jsonLog)),
      Effect.ensuring(Effect.sync(() => write.mockRestore()))
    )
    return written.map((line) => JSON.parse(line))
  })

describe("the log in JSON", () => {
  it.effect(
    "has one line of what was said, of the records beside it, and of what it was annotated with",
    () =>
      Effect.gen(function* () {
        const [line, ...others] = yield* lines(
          Effect.logWarning("One thing", { sure: true, nothing: null }, "two\nlines").pipe(
            Effect.annotateLogs({ request_id: "r", count: 2 })
          )
        )
        assert.deepStrictEqual(others, [])
        assert.deepStrictEqual(line, {
          timestamp: "1970-01-01T00:00:00.000Z",
          level: "WARN",
          message: "One thing two\nlines",
          request_id: "r",
          count: 2,
          sure: true,
          nothing: null
        })
      })
  )

  it.effect(
    "does not let a record overwrite what is known otherwise, nor take one for details that stands alone",
    () =>
      Effect.gen(function* () {
        const [line] = yield* lines(
          Effect.logInfo("said", { request_id: "mine", level: "mine", message: "mine", more: 1 }).pipe(
            Effect.annotateLogs({ request_id: "r" })
          )
        )
        assert.deepInclude(line, { level: "INFO", message: "said", request_id: "r", more: 1 })
        const [alone] = yield* lines(Effect.logInfo({ code: 1 }))
        assert.deepStrictEqual(Object.keys(alone), ["timestamp", "level", "message"])
        assert.include(alone.message, "code")
      })
  )

  it.effect("takes whatever it is annotated with, and lets nothing overwrite what is its own", () =>
    Effect.gen(function* () {
      const circle: { itself?: unknown } = {}
      circle.itself = circle
      const [line] = yield* lines(
        Effect.logInfo("said").pipe(
          Effect.annotateLogs({
            big: 12345678901234567890n,
            circle,
            error: new TypeError("why"),
            infinite: Number.POSITIVE_INFINITY,
            level: "mine",
            message: "mine",
            timestamp: "mine"
          })
        )
      )
      assert.deepInclude(line, {
        level: "INFO",
        message: "said",
        timestamp: "1970-01-01T00:00:00.000Z",
        error: "TypeError: why"
      })
      assert.include(line.big, "12345678901234567890")
      assert.isString(line.circle)
    })
  )

  it.effect("tells the cause, and the span it was said in", () =>
    Effect.gen(function* () {
      const [line] = yield* lines(
        Effect.logError("failed", Cause.fail(new Error("the disk is full"))).pipe(Effect.withSpan("a span"))
      )
      assert.include(line.cause, "the disk is full")
      assert.match(line.trace_id, /^[0-9a-f]{32}$/)
      assert.match(line.span_id, /^[0-9a-f]{16}$/)
    })
  )
})
