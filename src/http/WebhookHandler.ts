import type { IncomingMessage } from "node:http"
import { Effect } from "effect"
import { WebhookIntake } from "../webhooks/WebhookIntake.js"
import { jsonAnswer } from "./PlainAnswer.js"
import { Problem } from "./Problem.js"
import { problemOf } from "./Problems.js"
import { readBytes } from "./RequestBody.js"

/** The longest webhook that is read, in bytes (contract section 4). */
const bodyLimit = 64 * 1024

const received = jsonAnswer(200, { received: true })

/** VerifyHuman's way in: the exact bytes, read once. */
export const makeWebhookHandler = Effect.map(WebhookIntake, (intake) =>
  Effect.fnUntraced(function* (request: IncomingMessage) {
    const body = yield* readBytes(request, bodyLimit)
    yield* intake
      .receive({
        body,
        signature: request.headers["x-verifyhuman-signature"] as string | undefined,
        timestamp: request.headers["x-verifyhuman-timestamp"] as string | undefined
      })
      .pipe(
        Effect.catchTags({
          SignatureNotAccepted: () => new Problem({ code: "unauthenticated" }),
          StorageUnavailable: problemOf
        })
      )
    return received
  })
)
