import { HttpApiBuilder } from "@effect/platform"
import { Effect } from "effect"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { SessionRepository } from "../sessions/SessionRepository.js"
import { Api } from "./Api.js"
import { Problem } from "./Problem.js"
import { problemOf } from "./Problems.js"

/** Open to all (contract section 9). */
export const HealthLive = HttpApiBuilder.group(Api, "health", (handlers) =>
  Effect.gen(function* () {
    const repository = yield* SessionRepository
    const feed = yield* SessionFeed

    return handlers
      .handle("live", () => Effect.succeed({ status: "live" } as const))
      .handle(
        "ready",
        Effect.fnUntraced(function* () {
          if (yield* feed.closed) return yield* new Problem({ code: "overloaded" })
          yield* Effect.mapError(repository.ping, problemOf)
          return { status: "ready" } as const
        })
      )
  })
)
