import { Data, Deferred, Duration, Effect, Redacted } from "effect"
import pg from "pg"
import { Entropy } from "../sessions/Entropy.js"

/** `LISTEN` was refused, or what is sent is not heard: a pooler gives each transaction another connection. */
export class ChannelRefused extends Data.TaggedError("ChannelRefused")<{ readonly cause: unknown }> {}

/** The connection could not be opened, or was lost. */
export class ChannelLost extends Data.TaggedError("ChannelLost")<{ readonly cause: unknown }> {}

export interface ChannelOptions {
  readonly url: Redacted.Redacted
  readonly channel: string
  readonly hear: (payload: string) => void
  /** Sends a payload to the channel over another connection. */
  readonly send: (payload: string) => Effect.Effect<unknown, unknown>
  /** Runs each time that the channel is heard again. */
  readonly onHeard: Effect.Effect<void>
}

const patience = Duration.seconds(3)
const heartbeat = Duration.seconds(10)

/** The server says no; not that it goes down (`57P…`), nor that the connection does. */
const isRefusal = ({ cause }: Error) =>
  cause instanceof pg.DatabaseError && cause.code?.startsWith("57P") !== true

const connection = (url: Redacted.Redacted) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const client = new pg.Client({
          connectionString: Redacted.value(url),
          connectionTimeoutMillis: Duration.toMillis(patience),
          keepAlive: true,
          application_name: "verifyhuman-dropin feed"
        })
        client.on("error", () => undefined)
        await client.connect()
        return client
      },
      catch: (cause) => new ChannelLost({ cause })
    }),
    (client) => Effect.timeoutOption(Effect.interruptible(Effect.promise(() => client.end())), "1 second")
  )

/**
 * Hears a channel of PostgreSQL's `LISTEN` until the connection is lost. That it does is tried, not believed: a payload
 * of its own has to arrive.
 */
export const hearChannel = ({ channel, hear, onHeard, send, url }: ChannelOptions) =>
  Effect.gen(function* () {
    const entropy = yield* Entropy
    const client = yield* connection(url)
    const lost = yield* Deferred.make<never, ChannelLost>()
    const probed = yield* Deferred.make<void>()
    const probe = yield* entropy.token
    client.once("end", () =>
      Deferred.unsafeDone(lost, Effect.fail(new ChannelLost({ cause: new Error("the connection ended") })))
    )
    client.on("notification", ({ payload = "" }) =>
      payload === probe ? Deferred.unsafeDone(probed, Effect.void) : hear(payload)
    )

    const unheard = Effect.mapError((cause: unknown) => new ChannelLost({ cause }))
    const ask = (statement: string) =>
      Effect.timeout(
        Effect.tryPromise(() => client.query(statement)),
        patience
      )

    const opened = ask(`LISTEN ${channel}`).pipe(
      Effect.mapError((cause) =>
        isRefusal(cause) ? new ChannelRefused({ cause }) : new ChannelLost({ cause })
      ),
      Effect.zipRight(unheard(send(probe))),
      Effect.zipRight(Effect.timeout(Deferred.await(probed), patience)),
      Effect.catchTag("TimeoutException", (cause) => new ChannelRefused({ cause }))
    )
    const alive = Effect.forever(unheard(Effect.delay(ask("SELECT 1"), heartbeat)))

    yield* Effect.raceFirst(opened, Deferred.await(lost))
    yield* onHeard
    return yield* Effect.raceFirst(alive, Deferred.await(lost))
  }).pipe(Effect.scoped)
