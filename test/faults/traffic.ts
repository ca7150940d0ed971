import { assert } from "@effect/vitest"
import { Effect, Fiber, Ref } from "effect"
import { status } from "../http/harness.js"
import type { ANode } from "./node.js"
import { type ASession, aSession, readiness, untilDone } from "./requests.js"

/** Phones that start at one node, and a provider that delivers to another, one session after the other. */
export const traffic = (nodes: ReadonlyArray<ANode>) =>
  Effect.gen(function* () {
    const isOver = yield* Ref.make(false)
    const sessions: Array<ASession> = []

    const worker = (index: number) =>
      Effect.gen(function* () {
        const [here, there] = [nodes[index % nodes.length], nodes[(index + 1) % nodes.length]]
        if (here === undefined || there === undefined) return yield* Effect.dieMessage("there are some")
        const session = yield* here.at(aSession)
        yield* there.at(untilDone(session.review))
        yield* here.at(untilDone(status(session.user, session.sessionRef)))
        yield* there.at(untilDone(session.pass))
        sessions.push(session)
        yield* Effect.sleep("100 millis")
      }).pipe(Effect.repeat({ until: () => Ref.get(isOver) }))

    const running = yield* Effect.fork(
      Effect.forEach([0, 1, 2, 3, 4, 5, 6, 7], worker, { concurrency: "unbounded", discard: true })
    )
    return {
      sessions,
      /** Lets each come to its end; fails when one could not. */
      over: Effect.zipRight(Ref.set(isOver, true), Fiber.join(running))
    }
  })

/** All that was acknowledged is there. */
export const assertKept = (node: ANode, sessions: ReadonlyArray<ASession>) =>
  Effect.forEach(
    sessions,
    ({ sessionRef, user }) =>
      Effect.map(node.at(untilDone(status(user, sessionRef))), ({ json }) =>
        assert.strictEqual(json.status, "pass")
      ),
    { concurrency: 8, discard: true }
  )

/** Asks a node all the time whether it is ready. */
export const watchingReadiness = (node: ANode) =>
  Effect.gen(function* () {
    const told: Array<number> = []
    yield* readiness.pipe(
      node.at,
      Effect.tap((answer) => {
        assert.include([200, 503], answer.status, answer.text)
        told.push(answer.status)
      }),
      Effect.delay("50 millis"),
      Effect.forever,
      Effect.forkScoped
    )
    return { last: () => told.at(-1) }
  })
