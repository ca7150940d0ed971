import type { IncomingMessage } from "node:http"
import { Effect } from "effect"
import { Sessions } from "../sessions/Sessions.js"
import { Tracing } from "../telemetry/Tracing.js"
import { credentialsOf } from "./Access.js"
import { Authenticator } from "./Authenticator.js"
import type { PlainAnswer } from "./PlainAnswer.js"
import { statusAnswer } from "./StatusHandler.js"

/** Neither to be waited for, nor to be refused for its body or its lack of a host. */
const isPlain = ({ headers }: IncomingMessage) =>
  headers.host !== undefined && headers["prefer"] === undefined && headers["content-length"] === undefined

/**
 * A poll that asks nobody: the caller is known and the session at hand. Nothing has to be waited for, so no fiber is
 * needed; null where `StatusHandler` has to find out.
 */
export const makeStatusAtOnce = Effect.gen(function* () {
  const authenticator = yield* Authenticator
  const { atHand } = yield* Sessions
  const clock = yield* Effect.clock
  if (atHand === null || (yield* Tracing).enabled) return () => null

  return (request: IncomingMessage, sessionRef: string): PlainAnswer | null => {
    if (!isPlain(request)) return null
    const now = clock.unsafeCurrentTimeMillis()
    const caller = authenticator.known?.(credentialsOf(request), now) ?? null
    const session = caller === null ? null : atHand(caller, sessionRef)
    return session === null ? null : statusAnswer(session, request.headers["if-none-match"], null, now)
  }
})
