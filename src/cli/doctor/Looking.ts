import { HttpClient } from "@effect/platform"
import { Clock, Data, Effect } from "effect"
import { whyUnreachable } from "../Unreachable.js"

/** What an address answered. */
export interface Seen {
  readonly status: number
  /** How far this machine's clock is ahead of the other's, in seconds; null where the answer has no date. */
  readonly aheadSeconds: number | null
  readonly json: unknown
}

export class NothingSeen extends Data.TaggedError("NothingSeen")<{ readonly why: string }> {}

const longestAnswer = 1024 * 1024

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Asks an address once, and follows no redirect. */
export const look = (url: string): Effect.Effect<Seen, NothingSeen, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const asked = yield* Clock.currentTimeMillis
    const response = yield* HttpClient.get(url)
    const answered = yield* Clock.currentTimeMillis
    const length = Number(response.headers["content-length"] ?? 0)
    const text = length > longestAnswer ? "" : yield* response.text
    // A date has whole seconds: on average it is half a second behind.
    const date = Date.parse(response.headers["date"] ?? "") + 500
    return {
      status: response.status,
      aheadSeconds: Number.isNaN(date) ? null : Math.round(((asked + answered) / 2 - date) / 1000),
      json: parsed(text)
    }
  }).pipe(
    Effect.timeout("10 seconds"),
    Effect.mapError((error) => new NothingSeen({ why: whyUnreachable(error) }))
  )
