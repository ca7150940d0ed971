import { HttpLayerRouter, HttpMiddleware, HttpServer } from "@effect/platform"
import { Effect, Layer } from "effect"
import { Access } from "./Access.js"
import { Api } from "./Api.js"
import { docs } from "./Docs.js"
import { draining } from "./Draining.js"
import { envelope } from "./Envelope.js"
import { HealthLive } from "./Health.js"
import { apiMethods, type MethodTable } from "./Methods.js"
import { listen, NodeListener, withoutUpgrades } from "./NodeListener.js"
import { OperatorAccess } from "./OperatorAccess.js"
import { OperatorsLive } from "./Operators.js"
import { PhoneLive } from "./Phone.js"
import { WebhookLive } from "./Webhook.js"

const api = HttpLayerRouter.addHttpApi(Api, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide([PhoneLive, WebhookLive, OperatorsLive, HealthLive]),
  Layer.provide([Access.layer, OperatorAccess.layer])
)

/** The routes of the contract. */
export const routes = Layer.mergeAll(api, docs)

/** One address, one way to write it: `/docs/` is not `/docs`. */
const exactPaths = { ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, caseSensitive: true }

/** A shared router would serve what another server of this process has, too. */
const ownRouter = Effect.provideServiceEffect(Layer.CurrentMemoMap, Layer.makeMemoMap)

/** Serves routes on a socket of their own until the scope closes. */
export const serve = <E, R>(
  routes: Layer.Layer<never, E, R>,
  options: { readonly host: string; readonly port: number; readonly methods?: MethodTable }
) =>
  Layer.merge(draining, withoutUpgrades).pipe(
    Layer.provideMerge(
      Layer.unwrapScoped(
        HttpLayerRouter.toHttpEffect(routes).pipe(
          ownRouter,
          Effect.provideService(HttpLayerRouter.RouterConfig, exactPaths),
          Effect.map((app) => HttpServer.serve(envelope(app, { ...apiMethods, ...options.methods })))
        )
      )
    ),
    Layer.provideMerge(listen(options)),
    Layer.provide(NodeListener.layer),
    HttpMiddleware.withTracerDisabledWhen(() => true)
  )
