import { Reactivity } from "@effect/experimental"
import { SqlClient, type SqlConnection, SqlError, Statement } from "@effect/sql"
import Database from "better-sqlite3"
import { Effect, Exit, Layer, type Scope } from "effect"
import { once } from "../domain/Once.js"
import type { Execute } from "./sql/Sql.js"

const open = (filename: string, options: Database.Options, pragmas: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const database = new Database(filename, options)
      for (const pragma of pragmas) database.pragma(pragma)
      return database
    }),
    (database) => Effect.sync(() => database.close())
  )

/** A statement holds up the whole process while it waits for another one's to end: no longer than this. */
const impatient = "busy_timeout = 10"

/** `synchronous=FULL`: an acknowledged commit survives a power cut. Set on every open, because WAL files forget it. */
const durable = ["journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"]

/** Pages of the log (4 KiB each) before they go to their places in the file: one that changes often goes once. */
const unhurried = "wal_autocheckpoint = 4000"

type Run = (parameters: ReadonlyArray<unknown>) => ReadonlyArray<unknown>

/** Rows as objects of one shape: where columns are many, those of the driver take half as long again to make and to read. */
const reading = (statement: Database.Statement<Array<unknown>>): Run => {
  const names = statement.columns().map(({ name }) => name)
  class Row {
    [name: string]: unknown
    constructor(values: ReadonlyArray<unknown>) {
      names.forEach((name, i) => {
        this[name] = values[i]
      })
    }
  }
  statement.raw()
  return (parameters) => statement.all(...parameters).map((values) => new Row(values as Array<unknown>))
}

const writing =
  (statement: Database.Statement<Array<unknown>>): Run =>
  (parameters) => {
    statement.run(...parameters)
    return []
  }

/** Each statement is prepared once, and run at once. */
const executeOn = (database: Database.Database) => {
  const prepared = once(new Map<string, Run>(), (text): Run => {
    const statement = database.prepare<Array<unknown>>(text)
    return statement.reader ? reading(statement) : writing(statement)
  })

  return (
    text: string,
    parameters: ReadonlyArray<unknown>
  ): Exit.Exit<ReadonlyArray<unknown>, SqlError.SqlError> => {
    try {
      return Exit.succeed(prepared(text)(parameters))
    } catch (cause) {
      return Exit.fail(new SqlError.SqlError({ cause, message: "SQLite refused a statement" }))
    }
  }
}

const connectionOf = (run: ReturnType<typeof executeOn>): SqlConnection.Connection => {
  const notImplemented = () => Effect.dieMessage("not implemented")
  return {
    execute: run,
    executeRaw: run,
    executeUnprepared: run,
    executeValues: notImplemented,
    executeStream: notImplemented
  }
}

/**
 * The connection that writes, and reads inside a transaction. In the client of `@effect/sql-sqlite-node` a
 * statement takes several steps of the runtime; here its rows are there at once.
 */
export const sqliteWriter = (filename: string) =>
  Layer.scoped(
    SqlClient.SqlClient,
    Effect.gen(function* () {
      const database = yield* open(filename, {}, [...durable, unhurried, impatient])
      const connection = connectionOf(executeOn(database))
      const turn = yield* Effect.makeSemaphore(1)
      return yield* SqlClient.make({
        acquirer: turn.withPermits(1)(Effect.succeed(connection)),
        transactionAcquirer: Effect.uninterruptibleMask((restore) =>
          restore(turn.take(1)).pipe(
            Effect.zipRight(Effect.addFinalizer(() => turn.release(1))),
            Effect.as(connection)
          )
        ),
        compiler: Statement.makeCompilerSqlite(),
        spanAttributes: [["db.system.name", "sqlite"]]
      })
    })
  ).pipe(Layer.provide(Reactivity.layer))

export interface SqliteReader {
  readonly execute: Execute
  /** Another number after each commit of anybody else; null where that cannot be told. */
  readonly version: () => number | null
}

/** A second connection to a file, for what reads outside a transaction: it sees what is committed, and waits for nobody. */
export const sqliteReader = (filename: string): Effect.Effect<SqliteReader, never, Scope.Scope> =>
  Effect.map(open(filename, { readonly: true }, [impatient]), (database) => {
    const version = database.prepare<[], number>("PRAGMA data_version").pluck()
    return {
      execute: executeOn(database),
      version: () => {
        try {
          return version.get() ?? null
        } catch {
          return null
        }
      }
    }
  })
