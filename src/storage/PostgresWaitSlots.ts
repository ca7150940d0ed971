import { SqlClient } from "@effect/sql"
import { Effect, Layer, Schedule } from "effect"
import { sha256 } from "../domain/Digest.js"
import { Entropy } from "../sessions/Entropy.js"
import { noSlotLeft, slotsPerUser, WaitSlots } from "../sessions/WaitSlots.js"
import { all, run } from "./sql/Statement.js"

interface Taken {
  readonly user: string
  readonly holder: string
}

const leaseSeconds = 60
const renewal = "20 seconds"

/**
 * The places of all processes over one PostgreSQL, as leases: those of a process that died come free. By the server's
 * clock, in a table that a crash of the server empties.
 */
export const postgresWaitSlots: Layer.Layer<WaitSlots, never, SqlClient.SqlClient> = Layer.effect(
  WaitSlots,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const entropy = yield* Entropy
    const until = sql`now() + make_interval(secs => ${leaseSeconds})`

    /** Two that reach for one slot at once: the later one gets none and has to look again. */
    const take = (user: string, holder: string) =>
      sql<{ slot: number }>`INSERT INTO wait_slots (user_hash, slot, holder, until)
        SELECT ${user}, number, ${holder}, ${until} FROM generate_series(1, ${slotsPerUser}) AS free(number)
        WHERE NOT EXISTS (
          SELECT 1 FROM wait_slots WHERE user_hash = ${user} AND slot = number AND until > now()
        ) ORDER BY number LIMIT 1
        ON CONFLICT (user_hash, slot) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE wait_slots.until <= now() RETURNING slot`.pipe(all("waitSlots.take", ({ slot }) => slot))

    const acquire = Effect.fnUntraced(function* (userId: string) {
      const user = sha256(Buffer.from(userId, "utf16le"))
      const holder = yield* entropy.token
      for (let attempt = 0; attempt <= slotsPerUser; attempt++) {
        const [slot] = yield* take(user, holder)
        if (slot !== undefined) return { user, holder }
      }
      return yield* noSlotLeft
    })

    const renew = ({ holder, user }: Taken) =>
      sql`UPDATE wait_slots SET until = ${until} WHERE user_hash = ${user} AND holder = ${holder}`.pipe(
        Effect.ignore,
        Effect.schedule(Schedule.spaced(renewal))
      )

    const release = ({ holder, user }: Taken) =>
      Effect.ignore(
        run("waitSlots.release")(sql`DELETE FROM wait_slots WHERE user_hash = ${user} AND holder = ${holder}`)
      )

    return {
      take: (userId) =>
        Effect.acquireRelease(acquire(userId), release).pipe(
          Effect.flatMap((taken) => Effect.forkScoped(renew(taken))),
          Effect.asVoid
        )
    }
  })
)
