import { Effect, Layer } from "effect"
import { ActionDelivery } from "./actions/ActionDelivery.js"
import { httpActionTarget } from "./actions/HttpActionTarget.js"
import { ExpirySweep } from "./background/ExpirySweep.js"
import { retentionLayer } from "./background/Retention.js"
import { consoleMethods, consoleRoutes } from "./console/Console.js"
import { demoMethods, demoRoutes } from "./demo/Demo.js"
import { makeFastLane } from "./http/FastLane.js"
import { routes, serve } from "./http/HttpService.js"
import { tokenAuthenticatorLayer } from "./http/TokenAuthenticator.js"
import { Observing } from "./operators/Observing.js"
import { Operations } from "./operators/Operations.js"
import { policies } from "./Policies.js"
import { PollGate } from "./polling/PollGate.js"
import { StatusPoller } from "./polling/StatusPoller.js"
import { sandboxLayer } from "./sandbox/Sandbox.js"
import { HostedPages } from "./sessions/HostedPages.js"
import { Sessions } from "./sessions/Sessions.js"
import { reachable } from "./settings/Hosts.js"
import { Settings, type SettingsValue } from "./settings/Settings.js"
import { databaseLayer } from "./storage/Database.js"
import { inboxLayer } from "./storage/InboxLive.js"
import { outboxLayer } from "./storage/OutboxLive.js"
import { pollTimetableLayer } from "./storage/PollTimetableLive.js"
import { recordsLayer } from "./storage/RecordsLive.js"
import { retentionStoreLayer } from "./storage/RetentionStoreLive.js"
import { sessionRepositoryLayer } from "./storage/SessionRepositoryLive.js"
import { pooledTransport } from "./verifyhuman/PooledTransport.js"
import { VerifyHumanClient } from "./verifyhuman/VerifyHumanClient.js"
import { WebhookIntake } from "./webhooks/WebhookIntake.js"
import { WebhookVerifier } from "./webhooks/WebhookVerifier.js"

const storage = ({ database }: SettingsValue) =>
  Layer.mergeAll(
    sessionRepositoryLayer,
    inboxLayer,
    outboxLayer,
    pollTimetableLayer,
    recordsLayer,
    retentionStoreLayer
  ).pipe(Layer.provideMerge(databaseLayer(database)))

const provider = ({ sandbox, verifyHuman }: SettingsValue) =>
  VerifyHumanClient.layer({
    ...verifyHuman,
    ...(sandbox === null ? {} : { plainHttpOrigin: sandbox.url })
  }).pipe(Layer.provide(pooledTransport))

const useCases = Layer.mergeAll(Sessions.layer, WebhookIntake.layer, Operations.layer, Observing.layer).pipe(
  Layer.provide([HostedPages.layer, WebhookVerifier.layer])
)

/** What runs by itself; each of these can be left out. */
const background = ({ actions, retention, verifyHuman }: SettingsValue) =>
  Layer.mergeAll(
    ExpirySweep,
    retentionLayer(retention.days),
    verifyHuman.clientKey === null ? Layer.empty : StatusPoller,
    actions.url === null
      ? Layer.empty
      : Layer.provide(ActionDelivery, httpActionTarget({ url: actions.url, secrets: actions.secrets }))
  )

/** In the sandbox the phone in a browser is served too. */
const demo = ({ auth, sandbox, verifyHuman }: SettingsValue) =>
  sandbox === null || auth.jwtSecret === null
    ? Layer.empty
    : demoRoutes({
        ...auth,
        jwtSecret: auth.jwtSecret,
        sandboxUrl: sandbox.url,
        product: verifyHuman.product
      })

const pages = (settings: SettingsValue) =>
  Layer.mergeAll(routes, consoleRoutes({ secure: settings.publicUrl.startsWith("https:") }), demo(settings))

const http = (settings: SettingsValue) =>
  serve(pages(settings), {
    ...settings,
    methods: { ...consoleMethods, ...(settings.sandbox === null ? {} : demoMethods) },
    lane: makeFastLane
  }).pipe(Layer.provide([useCases, tokenAuthenticatorLayer]))

const service = (settings: SettingsValue) =>
  Layer.merge(http(settings), background(settings)).pipe(
    Layer.provide([storage(settings), provider(settings)]),
    Layer.provide(PollGate.layer),
    Layer.provide(policies)
  )

/** The sandbox calls the service beside it directly, whatever its public address is. */
const ownAddress = ({ host, port }: SettingsValue) => `http://${reachable(host)}:${port}`

const sandbox = (settings: SettingsValue) =>
  settings.sandbox === null
    ? Layer.empty
    : sandboxLayer({
        host: settings.host,
        port: settings.sandbox.port,
        publicUrl: settings.sandbox.url,
        webhookUrl: `${ownAddress(settings)}/api/webhooks/verifyhuman`,
        webhookSecret: settings.webhooks.secrets[0],
        actionSecret: settings.actions.secrets[0] ?? null,
        apiKey: "vhk_test_sandbox",
        clientKey: "pk_demo_sandbox",
        behaviour: settings.sandbox.behaviour
      })

/** The whole service of the current settings; in the environment `sandbox`, the provider's stand-in beside it. */
export const serviceLayer = Layer.unwrapEffect(
  Effect.map(Settings, (settings) => Layer.mergeAll(service(settings), sandbox(settings)))
)
