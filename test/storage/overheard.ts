import { SqlClient, Statement } from "@effect/sql"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { StorageUnavailable } from "../../src/domain/StorageUnavailable.js"
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
  const statements = statementsOf(sql, asked)
  for (const name of Object.keys(statements) as ReadonlyArray<StatementName>) {
    const before = heard.length
    const listening = Statement.withTransformer(
      Effect.asVoid<unknown, StorageUnavailable, never>(statements[name]),
      (made) => {
        const [text, parameters] = made.compile()
        heard.push({ name, text, parameters })
        return Effect.succeed(made)
      }
    )
    yield* takenBack(listening)
    assert.isAbove(heard.length, before, name)
  }
  return heard
})
