import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeSql, type Statement } from "../../src/storage/sql/Sql.js"

const nothing = () => Effect.succeed([])
const pg = makeSql("pg", nothing)
const sqlite = makeSql("sqlite", nothing)

const told = ({ parameters, text }: Statement) => [text.whole, parameters]

describe("a statement", () => {
  it("counts its parameters through its parts", () => {
    const part = (value: number) => pg`b = ${value} OR ${pg`c = ${value + 1}`}`
    const statement = pg`UPDATE t SET ${pg.update({ x: 1, id: 2, y: 3 }, ["id"])} WHERE a = ${4} AND (${part(5)}) LIMIT ${7}`
    assert.deepStrictEqual(told(statement), [
      "UPDATE t SET x = $1, y = $2 WHERE a = $3 AND (b = $4 OR c = $5) LIMIT $6",
      [1, 3, 4, 5, 6, 7]
    ])
  })

  it("is the text of its own parts, where one template takes several", () => {
    const where = (part: Statement) => told(sqlite`SELECT * FROM t ${part} LIMIT ${1}`)
    const [none, some, other] = [sqlite``, sqlite`WHERE a = ${2}`, sqlite.literal("WHERE b")]
    for (const _ of [1, 2]) {
      assert.deepStrictEqual(where(none), ["SELECT * FROM t  LIMIT ?", [1]])
      assert.deepStrictEqual(where(some), ["SELECT * FROM t WHERE a = ? LIMIT ?", [2, 1]])
      assert.deepStrictEqual(where(other), ["SELECT * FROM t WHERE b LIMIT ?", [1]])
    }
  })

  it("is put together once for the same parts, whatever its parameters", () => {
    const insert = (row: object) => pg`INSERT INTO t ${pg.insert(row)}`
    const [one, again, other] = [insert({ a: 1, b: 2 }), insert({ a: 3, b: 4 }), insert({ b: 1 })]
    assert.strictEqual(one.text, again.text)
    assert.deepStrictEqual(told(again), ["INSERT INTO t (a,b) VALUES ($1, $2)", [3, 4]])
    assert.deepStrictEqual(told(other), ["INSERT INTO t (b) VALUES ($1)", [1]])
  })
})
