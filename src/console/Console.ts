import { HttpLayerRouter, HttpServerRequest } from "@effect/platform"
import { NodeHttpServerRequest } from "@effect/platform-node"
import { Clock, Effect, Layer } from "effect"
import { OperatorPolicy } from "../http/OperatorAccess.js"
import { ticketIn } from "../http/OperatorTicket.js"
import { tokenHolders } from "../http/OperatorTokens.js"
import { assets } from "./Assets.js"
import { page } from "./Page.js"
import { signIn, signOut } from "./SignIn.js"

const shown = (holders: ReturnType<typeof tokenHolders>) =>
  Effect.gen(function* () {
    const request = NodeHttpServerRequest.toIncomingMessage(yield* HttpServerRequest.HttpServerRequest)
    return page(holders.ofTicket(ticketIn(request), yield* Clock.currentTimeMillis) !== null)
  })

/** The operator's console (contract section 9). Without any token it is not there. `secure`: it is reached by https. */
export const consoleRoutes = ({ secure }: { readonly secure: boolean }) =>
  Layer.unwrapEffect(
    Effect.map(OperatorPolicy, (policy) => {
      const holders = tokenHolders(policy)
      if (holders.isEmpty) return Layer.empty
      return Layer.mergeAll(
        HttpLayerRouter.add("GET", "/console", shown(holders)),
        HttpLayerRouter.add("POST", "/console/sign-in", signIn(holders, secure)),
        HttpLayerRouter.add("POST", "/console/sign-out", signOut(secure)),
        ...Object.values(assets).map(({ path, response }) => HttpLayerRouter.add("GET", path, response))
      )
    })
  )

/** The methods of these addresses, for whoever asks with another. */
export const consoleMethods: Readonly<Record<string, ReadonlyArray<string>>> = {
  "/console": ["GET", "HEAD"],
  "/console/sign-in": ["POST"],
  "/console/sign-out": ["POST"],
  ...Object.fromEntries(Object.values(assets).map(({ path }) => [path, ["GET", "HEAD"]]))
}
