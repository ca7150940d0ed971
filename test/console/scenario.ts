import { assert, describe, layer as sharing, type Vitest } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { chromiumPath, RunningBrowser } from "../demo/browser.js"
import { aUser, deliver, Provider, signed, start } from "../http/harness.js"
import { aBody } from "../suites/fixtures.js"
import { type OperatorConsole, openConsole } from "./console.js"
import { serving } from "./serving.js"

/** A hosted session of a user with this name. */
export const aSessionOf = Effect.fnUntraced(function* (user: string) {
  const started = yield* start(yield* aUser({ sub: user }))
  assert.strictEqual(started.status, 201, started.text)
  const { tokens } = yield* Provider
  return { sessionRef: String(started.json.session_ref), token: tokens.at(-1) ?? "" }
})

/** A delivery that is signed with a secret in another form than ours. */
export const aRejectedDelivery = Effect.suspend(() => {
  const body = aBody({})
  return deliver(body, signed(body, "first"))
})

const surroundings = () => Layer.merge(serving(), RunningBrowser.layer)

type Surroundings = Layer.Layer.Success<ReturnType<typeof surroundings>>
type It = Vitest.MethodsNonLive<Surroundings, true>

/** Sets a scene, opens the console and plays it; the page may complain of nothing that is not expected. */
const scenarioOf =
  (it: It) =>
  <Scene>(
    name: string,
    set: Effect.Effect<Scene, unknown, Surroundings>,
    play: (console: OperatorConsole, scene: Scene) => Promise<void>,
    options: Parameters<typeof openConsole>[0] & { readonly expected?: RegExp } = {}
  ) =>
    it.scoped(
      name,
      () =>
        Effect.gen(function* () {
          const { expected, ...window } = options
          const scene = yield* set
          const opened = yield* openConsole(window)
          yield* Effect.promise(() => play(opened, scene))
          assert.deepStrictEqual(
            opened.complaints.filter((complaint) => expected?.test(complaint) !== true),
            []
          )
        }),
      60_000
    )

/** Scenarios in real Chromium, against one service; skipped, and said so, where there is none. */
export const inTheConsole = (
  title: string,
  scenarios: (scenario: ReturnType<typeof scenarioOf>, it: It) => void
) => {
  if (chromiumPath === null) console.warn(`${title}: skipped, there is no chromium in the PATH`)
  describe.skipIf(chromiumPath === null)(`the console, in Chromium: ${title}`, () => {
    sharing(surroundings(), { excludeTestServices: true })((it) => scenarios(scenarioOf(it), it))
  })
}
