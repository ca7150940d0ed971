import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { assert, describe, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Effect, Layer } from "effect"
import { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { sqliteClient, sqliteStatements } from "../../src/storage/SqliteDatabase.js"
import { expirySuite } from "../suites/expirySuite.js"
import { aReservation } from "../suites/fixtures.js"
import { inboxSuite } from "../suites/inboxSuite.js"
import { operatorSuite } from "../suites/operatorSuite.js"
import { outboxSuite } from "../suites/outboxSuite.js"
import { repositorySuite } from "../suites/repositorySuite.js"
import { testPorts } from "../suites/storage.js"
import { trackingSuite } from "../suites/trackingSuite.js"

const aFile = () => join(mkdtempSync(join(tmpdir(), "verifyhuman-dropin-")), "data", "test.db")

const onFile = (file: string) =>
  testPorts.pipe(
    Layer.provide(sqliteStatements(file)),
    Layer.provideMerge(sqliteClient(file)),
    Layer.provide(NodeContext.layer)
  )

repositorySuite("SQLite file", onFile(aFile()))
inboxSuite("SQLite file", onFile(aFile()))
inboxSuite("SQLite in memory", onFile(":memory:"))
outboxSuite("SQLite file", onFile(aFile()))
trackingSuite("SQLite file", onFile(aFile()))
expirySuite("SQLite file", onFile(aFile()))
operatorSuite("SQLite file", onFile(aFile()))

describe("SQLite", () => {
  const pragmas = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const [synchronous] = yield* sql<{ synchronous: number }>`PRAGMA synchronous`
    const [journal] = yield* sql<{ journal_mode: string }>`PRAGMA journal_mode`
    return [synchronous?.synchronous, journal?.journal_mode]
  })

  it.effect("commits durably on a new file and on one opened again", () =>
    Effect.gen(function* () {
      const file = aFile()
      const full = [2, "wal"]
      assert.deepStrictEqual(yield* Effect.provide(pragmas, onFile(file)), full)
      assert.deepStrictEqual(yield* Effect.provide(pragmas, onFile(file)), full)
    })
  )

  it.effect("keeps what was stored when the file is opened again", () =>
    Effect.gen(function* () {
      const file = aFile()
      const request = aReservation()
      const reserve = Effect.flatMap(SessionRepository, (repository) => repository.reserve(request))
      const find = Effect.flatMap(SessionRepository, (repository) => repository.findStart(request.sessionRef))
      yield* Effect.provide(reserve, onFile(file))
      assert.strictEqual((yield* Effect.provide(find, onFile(file)))?.state, "reserved")
    })
  )

  it.live("waits for another process that writes, without holding up this one", () =>
    Effect.gen(function* () {
      const file = aFile()
      yield* Effect.gen(function* () {
        const repository = yield* SessionRepository
        const other = new Database(file)
        other.exec("BEGIN IMMEDIATE")
        const reserved = yield* Effect.fork(repository.reserve(aReservation()))
        yield* Effect.sleep("100 millis")
        assert.isNull(reserved.unsafePoll())
        other.exec("COMMIT")
        other.close()
        assert.strictEqual((yield* reserved)._tag, "Reserved")
      }).pipe(Effect.provide(onFile(file)))
    })
  )

  it.live("says that storage is unavailable when the other process does not end", () =>
    Effect.gen(function* () {
      const file = aFile()
      yield* Effect.gen(function* () {
        const repository = yield* SessionRepository
        const other = new Database(file)
        other.exec("BEGIN IMMEDIATE")
        const error = yield* Effect.flip(repository.reserve(aReservation()))
        assert.strictEqual(error._tag, "StorageUnavailable")
        other.close()
        assert.strictEqual((yield* repository.reserve(aReservation()))._tag, "Reserved")
      }).pipe(Effect.provide(onFile(file)))
    })
  )
})
