import type { IncomingMessage, ServerResponse } from "node:http"
import { type HttpApp, HttpLayerRouter, HttpMiddleware } from "@effect/platform"
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Access } from "./Access.js"
import { Api } from "./Api.js"
import { docs } from "./Docs.js"
import { draining } from "./Draining.js"
import { envelope } from "./Envelope.js"
import { HealthLive } from "./Health.js"
import { apiMethods, type MethodTable } from "./Methods.js"
import { listen, NodeListener } from "./NodeListener.js"
import { OperatorAccess } from "./OperatorAccess.js"
import { OperatorsLive } from "./Operators.js"
import { PhoneLive } from "./Phone.js"
import { requestsInTurns } from "./RequestsInTurns.js"
import { WebhookLive } from "./Webhook.js"

const api = HttpLayerRouter.addHttpApi(Api, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide([PhoneLive, WebhookLive, OperatorsLive, HealthLive]),
  Layer.provide([Access.layer, OperatorAccess.layer])
)

/** The routes of the contract. */
export const routes = Layer.mergeAll(api, docs)

/** Answers a request, or leaves it (false). */
export type Lane = (request: IncomingMessage, response: ServerResponse) => boolean

/** One address, one way to write it: `/docs/` is not `/docs`. */
const exactPaths = {
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  caseSensitive: true,
  // As long as a header may be: a user's id is a part of a path.
  maxParamLength: 16 * 1024
}

/** A shared router would serve what another server of this process has, too. */
const ownRouter = Effect.provideServiceEffect(Layer.CurrentMemoMap, Layer.makeMemoMap)

const answering = <E, R>(app: HttpApp.Default<E, R>, lane: Lane) =>
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const server = yield* NodeListener
      const framework = yield* NodeHttpServer.makeHandler(app)
      const { onConnection, onRequest } = requestsInTurns((request, response) => {
        if (!lane(request, response)) framework(request, response)
      })
      yield* Effect.acquireRelease(
        Effect.sync(() => server.on("connection", onConnection).on("request", onRequest)),
        () => Effect.sync(() => server.off("connection", onConnection).off("request", onRequest))
      )
    })
  )

/** Serves routes on a socket of their own until the scope closes; `lane` is asked first. */
export const serve = <E, R, RL = never>(
  routes: Layer.Layer<never, E, R>,
  options: {
    readonly host: string
    readonly port: number
    readonly methods?: MethodTable
    readonly lane?: Effect.Effect<Lane, never, RL>
  }
) =>
  draining.pipe(
    Layer.provideMerge(
      Layer.unwrapScoped(
        Effect.gen(function* () {
          const app = yield* ownRouter(HttpLayerRouter.toHttpEffect(routes))
          const lane: Lane = options.lane === undefined ? () => false : yield* options.lane
          return answering(yield* envelope(app, { ...apiMethods, ...options.methods }), lane)
        }).pipe(Effect.provideService(HttpLayerRouter.RouterConfig, exactPaths))
      )
    ),
    Layer.provideMerge(listen(options)),
    Layer.provide(NodeListener.layer),
    HttpMiddleware.withTracerDisabledWhen(() => true)
  )
