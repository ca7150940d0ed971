import { HttpApiBuilder } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect } from "effect"
import { Api } from "./Api.js"
import { responseOf } from "./PlainAnswer.js"
import { toItsEnd } from "./ToItsEnd.js"
import { makeWebhookHandler } from "./WebhookHandler.js"

/** What VerifyHuman calls (contract section 4). */
export const WebhookLive = HttpApiBuilder.group(Api, "provider", (handlers) =>
  Effect.map(makeWebhookHandler, (webhook) =>
    handlers.handleRaw("webhook", ({ request }) =>
      Effect.map(toItsEnd(webhook(NodeHttpServerRequest.toIncomingMessage(request))), responseOf)
    )
  )
)
