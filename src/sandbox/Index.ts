import { HttpLayerRouter, HttpServerResponse } from "@effect/platform"
import { Effect } from "effect"
import { answerQuirks, faults, webhookQuirks } from "./Behaviour.js"
import { SandboxOptions } from "./SandboxOptions.js"

const meanings: ReadonlyArray<readonly [string, string]> = [
  ["late=SECONDS", "the verdict is late"],
  ["duplicate=N", "so many copies of the webhook"],
  ["expires=SECONDS", "the link lives only so long"],
  ...Object.entries({ ...webhookQuirks, ...answerQuirks }),
  [faults.join(", "), "what the endpoint does instead of answering; 500=2 for the first two requests"]
]

const backend = `POST /sandbox/actions                               "your backend", where the service's actions go
PUT  /sandbox/actions                               {"answer": "ok"}, "500" or "410": what it says to them
`

const text = (hasBackend: boolean) => `A stand-in for VerifyHuman. It verifies nobody.

POST /hosted/generate                               Authorization: Bearer <API key>, or X-API-Key
GET  /hosted/v/<token>                              the page that opens on a phone
POST /hosted/complete/<token>                       {"outcome": "pass", "behaviour": "late=3"}
                                                    outcome: pass, fail, refuse, or any status of the wire
GET  /api/mobile/v1/<product>/status/<id>           Authorization: ClientKey <client key>, or X-Client-Key

POST /sandbox/mobile-sessions                       {"product": "verifyage", "outcome": "PASS", "after_seconds": 5, "behaviour": "500=2"}
GET  /sandbox/behaviour, PUT {"behaviour": "…"}     how it misbehaves when a session does not choose
${hasBackend ? backend : ""}GET  /sandbox/wire                                  what went over the wire, as server-sent events

It misbehaves by its setting, by the header X-Sandbox-Behaviour of POST /hosted/generate, or as chosen on the
hosted page, with a comma-separated list of:

${meanings.map(([name, meaning]) => `  ${name.padEnd(20)}${meaning}`).join("\n")}
`

/** For whoever opens the sandbox in a browser: what it has. */
export const IndexLive = HttpLayerRouter.add(
  "GET",
  "/",
  Effect.map(SandboxOptions, ({ actionSecret }) => HttpServerResponse.text(text(actionSecret !== null)))
)
