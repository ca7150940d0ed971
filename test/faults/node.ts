import { HttpServer } from "@effect/platform"
import { Effect } from "effect"
import { serverAt, settings } from "../e2e/backend.js"
import { freePort, scratchDirectory, serve } from "../e2e/process.js"
import { providerStub } from "../e2e/provider.js"

type Variables = Readonly<Record<string, string>>

/** What starts nodes, which share a provider. */
export const aNodeStarter = Effect.map(
  providerStub,
  (provider) =>
    (database: string, env: Variables = {}) =>
      Effect.gen(function* () {
        const port = yield* freePort
        const cwd = yield* scratchDirectory
        const process = yield* serve(port, {
          cwd,
          env: { ...settings(provider.url), DATABASE_URL: database, ...env }
        })
        return {
          ...process,
          /** Makes requests of the harness go to this node. */
          at: Effect.provideService(HttpServer.HttpServer, serverAt(port)),
          said: (text: string) => process.stdout().split(text).length - 1
        }
      })
)

export type ANode = Effect.Effect.Success<ReturnType<Effect.Effect.Success<typeof aNodeStarter>>>
