import { SqlClient, type Statement } from "@effect/sql"
import { Data, Effect } from "effect"
import { type Asked, type StatementName, statementsOf } from "./statements.js"

export interface Overheard {
  readonly name: StatementName
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

class RolledBack extends Data.TaggedError("RolledBack") {}

/** The same client, which tells what it is asked. */
const telling = (sql: SqlClient.SqlClient, told: Array<Statement.Statement<object>>) =>
  new Proxy(sql, {
    apply: (target, self, args) => {
      const made = Reflect.apply(target, self, args)
      if (Array.isArray(args[0])) told.push(made)
      return made
    }
  })

const isWhole = ({ text }: Overheard) => /^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(text)

/** Runs every statement, takes back what it did, and returns what the database was asked, word for word. */
export const overheard = Effect.fnUntraced(function* (asked: Asked) {
  const sql = yield* SqlClient.SqlClient
  const told: Array<Statement.Statement<object>> = []
  const statements = Object.entries(statementsOf(telling(sql, told), asked))
  const heard = yield* Effect.forEach(statements, ([name, statement]) =>
    Effect.suspend(statement).pipe(
      Effect.zipRight(new RolledBack()),
      sql.withTransaction,
      Effect.catchTag("RolledBack", () =>
        Effect.sync(() =>
          told
            .splice(0)
            .map((made) => made.compile())
            .map(([text, parameters]) => ({ name: name as StatementName, text, parameters }))
            .filter(isWhole)
        )
      )
    )
  )
  return heard.flat()
})

/** The statements that were not asked at all: there are to be none. */
export const unheard = (heard: ReadonlyArray<Overheard>, sql: SqlClient.SqlClient, asked: Asked) =>
  Object.keys(statementsOf(sql, asked)).filter((name) => heard.every((one) => one.name !== name))
