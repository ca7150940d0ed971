import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Columns, makeSql, type Statement } from "../../src/storage/sql/Sql.js"

const nothing = () => Effect.succeed([])
const pg = makeSql("pg", nothing)
const sqlite = makeSql("sqlite", nothing)

const told = ({ parameters, text }: Statement) => [text.whole, parameters]

describe("a statement", () => {
  it("counts its parameters through its parts", () => {
    const part = (value: number) => pg`b = ${value} OR ${pg`c = ${value + 1}`}`
    const columns = { x: () => 1, y: (y: number) => y }
    const statement = pg`UPDATE t SET ${pg.update(columns, 3)} WHERE a = ${4} AND (${part(5)}) LIMIT ${7}`
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
    const [b, both] = [{ b: (n: number) => n }, { a: (n: number) => n, b: (n: number) => n + 1 }]
    const insert = (columns: Columns<number>, n: number) => pg`INSERT INTO t ${pg.insert(columns, n)}`
    const [one, again, other] = [insert(both, 1), insert(both, 3), insert(b, 1)]
    assert.strictEqual(one.text, again.text)
    assert.deepStrictEqual(told(again), ["INSERT INTO t (a,b) VALUES ($1, $2)", [3, 4]])
    assert.deepStrictEqual(told(other), ["INSERT INTO t (b) VALUES ($1)", [1]])
  })

  it("lists as many parameters as there are values", () => {
    const among = (values: ReadonlyArray<string>) => told(pg`SELECT a FROM t WHERE a IN (${pg.list(values)})`)
    assert.deepStrictEqual(among(["x"]), ["SELECT a FROM t WHERE a IN ($1)", ["x"]])
    assert.deepStrictEqual(among(["x", "y", "z"]), [
      "SELECT a FROM t WHERE a IN ($1, $2, $3)",
      ["x", "y", "z"]
    ])
  })
})
