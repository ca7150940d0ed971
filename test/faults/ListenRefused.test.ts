import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { emptyDatabase } from "../postgres/database.js"
import { aPhoneThatFollows, isPassed } from "./following.js"
import { aNodeStarter } from "./node.js"
import { aProxy } from "./proxy.js"
import { aSession, eventually, untilDone } from "./requests.js"

describe("where LISTEN cannot work", () => {
  it.scopedLive.each([
    { what: "refused", treatment: "refuse" as const },
    { what: "answered, and heard by nobody", treatment: "lose" as const }
  ])(
    "$what: phones are told all the same, and the log says once why it takes longer",
    ({ treatment }) =>
      Effect.gen(function* () {
        const database = yield* emptyDatabase
        const proxy = yield* aProxy(database)
        yield* proxy.treat((statement) => (/^LISTEN/.test(statement) ? treatment : "pass"))
        const serve = yield* aNodeStarter
        const [here, there] = yield* Effect.all([serve(proxy.url), serve(database)], { concurrency: 2 })
        const session = yield* here.at(aSession)
        const phone = yield* aPhoneThatFollows(here, session)
        yield* there.at(untilDone(session.review))
        yield* phone.until(/in_review/)
        yield* there.at(untilDone(session.pass))
        assert.match(yield* phone.until(isPassed), isPassed)
        yield* eventually(
          "it says so",
          Effect.sync(() => here.said("LISTEN does not work") > 0)
        )
        assert.strictEqual(here.said("LISTEN does not work"), 1)
        assert.strictEqual(there.said("LISTEN does not work"), 0)
      }),
    90_000
  )
})
