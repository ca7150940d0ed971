import { assert, describe, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { aSandbox, assertRefused } from "./harness.js"
import { followWire } from "./wireFeed.js"

const throttled = {
  status: "throttled",
  message: "Too many verification attempts. Please try again in 5 minutes."
}

describe("POST /hosted/generate that fails", () => {
  it.scopedLive("on demand, as the documents say", () =>
    Effect.gen(function* () {
      const { generate } = yield* aSandbox()
      const failing = (fault: string) => generate({ "x-sandbox-behaviour": fault })
      assertRefused(yield* failing("401"), 401, "Invalid API key")
      assertRefused(yield* failing("402"), 402, "No verification credits remaining")
      assertRefused(yield* failing("403"), 403)
      assertRefused(yield* failing("500"), 500)
      const { headers, json, status } = yield* failing("flat,429")
      assert.deepStrictEqual([status, headers.get("retry-after"), json], [429, "1", throttled])
      const { json: answer, status: created } = yield* failing("wrong-shape")
      assert.deepStrictEqual([created, Object.keys(answer)], [201, ["session"]])
      assert.strictEqual((yield* generate()).status, 201)
    })
  )

  it.scopedLive("cut breaks the connection, and only that one", () =>
    Effect.gen(function* () {
      const { generate } = yield* aSandbox()
      const cut = yield* Effect.exit(generate({ "x-sandbox-behaviour": "cut" }))
      assert.isTrue(cut._tag === "Failure")
      assert.strictEqual((yield* generate()).status, 201)
    })
  )

  it.scopedLive("hang never answers, and others are answered meanwhile", () =>
    Effect.gen(function* () {
      const { generate, url } = yield* aSandbox()
      const wire = yield* followWire(url)
      const hanging = yield* Effect.fork(generate({ "x-sandbox-behaviour": "hang" }))
      const { status } = yield* wire.until(({ note }) => note === "behaviour hang")
      assert.isNull(status)
      assert.strictEqual((yield* generate()).status, 201)
      assert.isNull(hanging.unsafePoll())
    })
  )

  it.scopedLive("says what a behaviour may be", () =>
    Effect.gen(function* () {
      const { generate } = yield* aSandbox("402")
      assertRefused(
        yield* generate({ "x-sandbox-behaviour": "nonsense" }),
        422,
        /^X-Sandbox-Behaviour: expected .*late=SECONDS/
      )
    })
  )

  it.scopedLive("by its setting, unless the request chooses; and as it is set while it runs", () =>
    Effect.gen(function* () {
      const { generate, setBehaviour } = yield* aSandbox("402")
      assert.strictEqual((yield* generate()).status, 402)
      assert.strictEqual((yield* generate({ "x-sandbox-behaviour": "" })).status, 201)
      yield* setBehaviour("500=2,429=1")
      const statuses: Array<number> = []
      for (let requests = 0; requests < 5; requests++) statuses.push((yield* generate()).status)
      assert.deepStrictEqual(statuses, [500, 500, 429, 201, 201])
      assert.strictEqual((yield* generate({ "x-sandbox-behaviour": "500=2" })).status, 500)
    })
  )

  it.scopedLive("does not start with a setting that it cannot read", () =>
    Effect.gen(function* () {
      const started = yield* Effect.sandbox(Effect.either(aSandbox("nonsense"))).pipe(Effect.either)
      assert.isTrue(Either.isLeft(started))
      assert.include(String(Either.isLeft(started) ? started.left : ""), "SANDBOX_BEHAVIOUR: expected")
    })
  )
})
