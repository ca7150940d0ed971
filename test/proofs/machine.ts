import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeContext } from "@effect/platform-node"
import { type Context, Effect, Exit, Layer, Scope } from "effect"
import type { Outbox } from "../../src/actions/Outbox.js"
import type { Records } from "../../src/operators/Records.js"
import type { SessionRepository } from "../../src/sessions/SessionRepository.js"
import { sqliteTables } from "../../src/storage/SqliteDatabase.js"
import type { Tables } from "../../src/storage/Tables.js"
import type { Inbox } from "../../src/webhooks/Inbox.js"
import { interceptedTables } from "../suites/interceptedTables.js"
import { testPorts } from "../suites/storage.js"
import { type Faults, makeFaults } from "./faults.js"

export type Ports = SessionRepository | Inbox | Outbox | Records

/** A process over a disk that outlives it. */
export interface Machine {
  readonly faults: Faults
  readonly run: <A, E>(work: Effect.Effect<A, E, Ports>) => Effect.Effect<A, E>
  readonly restart: Effect.Effect<void>
}

const processOn = (disk: Layer.Layer<Tables>): Effect.Effect<Machine, never, Scope.Scope> =>
  Effect.gen(function* () {
    const faults = makeFaults()
    const ports = Layer.provide(testPorts, interceptedTables(disk, Effect.succeed(faults.around)))
    const boot = Effect.gen(function* () {
      const scope = yield* Scope.make()
      return { scope, context: yield* Layer.buildWithScope(ports, scope) }
    })
    let running: { readonly scope: Scope.CloseableScope; readonly context: Context.Context<Ports> } =
      yield* boot
    const stop = Effect.suspend(() => Scope.close(running.scope, Exit.void))
    yield* Effect.addFinalizer(() => stop)
    return {
      faults,
      run: (work) => Effect.suspend(() => Effect.provide(work, running.context)),
      restart: Effect.gen(function* () {
        yield* stop
        running = yield* boot
      })
    }
  })

/** The tables themselves outlive the process. */
export const machineOver = <E>(tables: Layer.Layer<Tables, E>) =>
  Effect.gen(function* () {
    const disk = yield* Effect.orDie(Layer.build(tables))
    return yield* processOn(Layer.succeedContext(disk))
  })

export const sqliteInMemory = Layer.provide(sqliteTables(":memory:"), NodeContext.layer)

/** Only the file outlives the process: it is really closed and opened again. */
export const machineOnFile = Effect.gen(function* () {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "verifyhuman-dropin-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const disk = sqliteTables(join(directory, "proof.db")).pipe(Layer.provide(NodeContext.layer), Layer.orDie)
  return yield* processOn(disk)
})
