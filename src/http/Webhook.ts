import { HttpApiBuilder, HttpServerResponse } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Effect } from "effect"
import { WebhookIntake } from "../webhooks/WebhookIntake.js"
import { Api } from "./Api.js"
import { Problem } from "./Problem.js"
import { problemOf } from "./Problems.js"
import { readBytes } from "./RequestBody.js"
import { toItsEnd } from "./ToItsEnd.js"

/** The longest webhook that is read, in bytes (contract section 4). */
const bodyLimit = 64 * 1024

const received = HttpServerResponse.unsafeJson({ received: true })

/** VerifyHuman's way in: the exact bytes, read once. A caller that hangs up does not undo what is under way. */
export const WebhookLive = HttpApiBuilder.group(Api, "provider", (handlers) =>
  Effect.gen(function* () {
    const intake = yield* WebhookIntake

    return handlers.handleRaw(
      "webhook",
      Effect.fnUntraced(function* ({ request }) {
        const body = yield* readBytes(NodeHttpServerRequest.toIncomingMessage(request), bodyLimit)
        yield* intake
          .receive({
            body,
            signature: request.headers["x-verifyhuman-signature"],
            timestamp: request.headers["x-verifyhuman-timestamp"]
          })
          .pipe(
            toItsEnd,
            Effect.catchTags({
              SignatureNotAccepted: () => new Problem({ code: "unauthenticated" }),
              StorageUnavailable: problemOf
            })
          )
        return received
      })
    )
  })
)
