import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { SqlError } from "@effect/sql"
import { assert, describe, it } from "@effect/vitest"
import Database from "better-sqlite3"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { SessionsAtHand } from "../../src/sessions/SessionsAtHand.js"
import { sqliteAtHand } from "../../src/storage/SqliteAtHand.js"
import { sqliteTables } from "../../src/storage/SqliteDatabase.js"
import { Tables } from "../../src/storage/Tables.js"
import { aReservation, aSession } from "../suites/fixtures.js"

const aFile = () => join(mkdtempSync(join(tmpdir(), "verifyhuman-dropin-")), "test.db")

const on = (file: string) => Layer.provide(sqliteTables(file), NodeContext.layer)

const stored = Effect.gen(function* () {
  const { sessions, transaction } = yield* Tables
  const session = aSession(aReservation())
  yield* transaction("test", sessions.insert(session))
  return session
})

describe("a session on SQLite", () => {
  it.effect("is at hand as it was committed last", () =>
    Effect.gen(function* () {
      const { sessions, transaction } = yield* Tables
      const { find } = yield* SessionsAtHand
      const session = yield* stored
      assert.deepStrictEqual(find?.(session.sessionRef), session)
      for (const sequence of [1, 2, 3]) {
        yield* transaction("test", sessions.update({ ...session, sequence }))
        assert.strictEqual(find?.(session.sessionRef)?.sequence, sequence)
        assert.strictEqual(find?.(session.sessionRef)?.sequence, sequence)
      }
      yield* transaction("test", sessions.delete(session.sessionRef))
      assert.isNull(find?.(session.sessionRef))
    }).pipe(Effect.provide(on(aFile())))
  )

  it.effect("is at hand as another process left it", () => {
    const file = aFile()
    return Effect.gen(function* () {
      const { find } = yield* SessionsAtHand
      const session = yield* stored
      assert.strictEqual(find?.(session.sessionRef)?.sequence, 0)
      const other = new Database(file)
      other.prepare("UPDATE sessions SET sequence = 7 WHERE session_ref = ?").run(session.sessionRef)
      assert.strictEqual(find?.(session.sessionRef)?.sequence, 7)
      other.close()
    }).pipe(Effect.provide(on(file)))
  })

  it.effect("is read as it was, without waiting, while a transaction is under way", () =>
    Effect.gen(function* () {
      const { sessions, transaction } = yield* Tables
      const { find } = yield* SessionsAtHand
      const session = yield* stored
      const [changed, go] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const underWay = yield* sessions.update({ ...session, sequence: 1 }).pipe(
        Effect.zipRight(sessions.find(session.sessionRef)),
        Effect.tap(() => Deferred.succeed(changed, undefined)),
        Effect.zipLeft(Deferred.await(go)),
        (body) => transaction("test", body),
        Effect.fork
      )
      yield* Deferred.await(changed)
      assert.strictEqual((yield* sessions.find(session.sessionRef))?.sequence, 0)
      assert.strictEqual(find?.(session.sessionRef)?.sequence, 0)
      yield* Deferred.succeed(go, undefined)
      assert.strictEqual((yield* Fiber.join(underWay))?.sequence, 1, "it sees itself")
      assert.strictEqual((yield* sessions.find(session.sessionRef))?.sequence, 1)
      assert.strictEqual(find?.(session.sessionRef)?.sequence, 1)
    }).pipe(Effect.provide(on(aFile())))
  )

  it.effect("is not at hand in memory, where there is one connection", () =>
    Effect.gen(function* () {
      const session = yield* stored
      assert.isNull((yield* SessionsAtHand).find)
      assert.isNotNull(yield* (yield* Tables).sessions.find(session.sessionRef))
    }).pipe(Effect.provide(on(":memory:")))
  )

  it("is not at hand where SQLite fails: who asks for it is told what is wrong", () => {
    const failing = () => Effect.fail(new SqlError.SqlError({ cause: "disk I/O error", message: "refused" }))
    const unread = sqliteAtHand({ execute: failing, version: () => 1 })
    const unversioned = sqliteAtHand({ execute: () => Effect.succeed([{}]), version: () => null })
    assert.deepStrictEqual([unread.find("vs_x"), unversioned.find("vs_x")], [null, null])
  })
})
