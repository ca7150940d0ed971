import { SqlClient } from "@effect/sql"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
import { makeSql, sqlOf } from "../../src/storage/sql/Sql.js"
import { type Asked, type StatementName, statementsOf } from "./statements.js"
import { takenBack } from "./takenBack.js"

export interface Overheard {
  readonly name: StatementName
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

/** Runs every statement, takes back what it did, and returns what the database was asked, word for word. */
export const overheard = Effect.fnUntraced(function* (asked: Asked) {
  const sql = yield* SqlClient.SqlClient
  const heard: Array<Overheard> = []
  let name: StatementName
  const statements = statementsOf(
    makeSql(sqlOf(sql).dialect, (text, parameters) => {
      heard.push({ name, text, parameters })
      return sql.unsafe(text, parameters)
    }),
    asked
  )
  for (name of Object.keys(statements) as ReadonlyArray<StatementName>) {
    const before = heard.length
    yield* takenBack(Effect.asVoid<unknown, StorageUnavailable, never>(statements[name]))
    assert.isAbove(heard.length, before, name)
  }
  return heard
})
