import { SqlClient } from "@effect/sql"
import { Chunk, Effect, Layer, Queue, type Redacted, Schedule } from "effect"
import { Listeners } from "../sessions/Listeners.js"
import { SessionFeed } from "../sessions/SessionFeed.js"
import { type ChannelRefused, hearChannel } from "./PostgresChannel.js"
import { isOneOf, listOf } from "./sql/Dialect.js"
import { sqlOf } from "./sql/Sql.js"

const channel = "verifyhuman_dropin_sessions"
const batch = 1000
const noticed = 10_000
/** How often the sessions that somebody waits for are looked at: every second; while the channel is heard, every tenth. */
const tick = "1 second"
const ticksWhileHeard = 10

const reconnecting = Schedule.exponential("100 millis", 2).pipe(
  Schedule.union(Schedule.spaced("5 seconds")),
  Schedule.jittered,
  Schedule.resetAfter("1 minute")
)

/**
 * The feed of several processes over one PostgreSQL: `NOTIFY` carries a `session_ref`, nothing else, to all of them.
 * A notification may get lost, with a connection or a process; so the sessions that somebody waits for are compared
 * with the database each time that the channel is heard again, and now and then.
 */
export const postgresFeed = (url: Redacted.Redacted): Layer.Layer<SessionFeed, never, SqlClient.SqlClient> =>
  Layer.scoped(
    SessionFeed,
    Effect.gen(function* () {
      const sql = sqlOf(yield* SqlClient.SqlClient)
      const listeners = new Listeners()
      const outgoing = yield* Queue.sliding<string>(noticed)
      let isHeard = false
      let isRefusedKnown = false
      let known: ReadonlyMap<string, number> = new Map()

      const send = (payloads: ReadonlyArray<string>) =>
        sql`SELECT pg_notify(${channel}, value) FROM ${listOf(sql, payloads)}`

      const sending = Queue.takeBetween(outgoing, 1, batch).pipe(
        Effect.flatMap((refs) => Effect.ignore(send(Chunk.toReadonlyArray(refs)))),
        Effect.forever
      )

      const sequences = (refs: ReadonlyArray<string>) =>
        sql<{ session_ref: string; sequence: number }>`SELECT session_ref, sequence FROM sessions
          WHERE ${isOneOf(sql, "session_ref", refs)}`

      /** Wakes those whose session is not what it was at the last look. */
      const look = Effect.gen(function* () {
        const found = new Map<string, number>()
        for (const refs of Chunk.chunksOf(Chunk.fromIterable(listeners.sessions()), batch)) {
          for (const { sequence, session_ref } of yield* sequences(Chunk.toReadonlyArray(refs))) {
            found.set(session_ref, sequence)
            if (known.get(session_ref) !== sequence) listeners.wake(session_ref)
          }
        }
        known = found
      }).pipe(Effect.ignore)

      let ticks = 0
      const looking = Effect.suspend(() => {
        ticks += 1
        return isHeard && ticks % ticksWhileHeard !== 0 ? Effect.void : look
      }).pipe(Effect.delay(tick), Effect.forever)

      const refused = ({ cause }: ChannelRefused) =>
        Effect.gen(function* () {
          if (!isRefusedKnown) {
            yield* Effect.logWarning(
              "LISTEN does not work over DATABASE_URL (a pooler in transaction mode?): phones that wait are told within 2 seconds instead of at once",
              cause
            )
          }
          isRefusedKnown = true
          yield* Effect.sleep("1 minute")
        })

      const hearing = hearChannel({
        url,
        channel,
        hear: (sessionRef) => listeners.wake(sessionRef),
        send: (payload) => send([payload]),
        onHeard: Effect.suspend(() => {
          isHeard = true
          return look
        })
      }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            isHeard = false
          })
        ),
        Effect.catchTag("ChannelRefused", refused),
        Effect.retry(reconnecting),
        Effect.forever
      )

      yield* Effect.forkScoped(sending)
      yield* Effect.forkScoped(looking)
      yield* Effect.forkScoped(hearing)
      return {
        publish: (sessionRef) =>
          Effect.zipRight(listeners.publish(sessionRef), Queue.offer(outgoing, sessionRef)),
        subscribe: listeners.subscribe,
        subscribeToAll: listeners.subscribeToAll,
        closed: listeners.closed,
        close: listeners.close
      }
    })
  )
