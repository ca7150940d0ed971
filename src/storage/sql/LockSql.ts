import { createHash } from "node:crypto"
import { Effect } from "effect"
import type { StorageUnavailable } from "../../domain/StorageUnavailable.js"
import type { Lock } from "../Locks.js"
import type { Sql } from "./Sql.js"
import { run } from "./Statement.js"

/** PostgreSQL's advisory locks are 64-bit numbers: two that share one wait for each other needlessly, no more. */
const numberOf = (lock: Lock): bigint =>
  createHash("sha256").update(JSON.stringify(lock)).digest().readBigInt64BE()

const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0)

/** Taken in one order by everybody, so that two transactions do not wait for each other in a circle. */
const inOrder = (locks: ReadonlyArray<Lock>): ReadonlyArray<string> =>
  [...new Set(locks.map(numberOf))].sort(ascending).map(String)

/** SQLite writes one transaction at a time: nobody is to be kept out. */
export const lockSql = (
  sql: Sql
): ((locks: ReadonlyArray<Lock>) => Effect.Effect<void, StorageUnavailable>) =>
  sql.dialect === "sqlite"
    ? () => Effect.void
    : (locks) =>
        locks.length === 0
          ? Effect.void
          : sql`SELECT pg_advisory_xact_lock(number) FROM unnest(${inOrder(locks)}::bigint[]) AS list(number)`.pipe(
              run("lock")
            )
