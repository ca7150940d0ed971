import { lookup } from "node:dns"
import type { LookupFunction } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { Agent } from "@effect/platform-node/Undici"
import { Effect, Layer } from "effect"
import { isMetadataAddress } from "../domain/MetadataAddress.js"

/** The name leads to a link-local address. */
export class MetadataAddressRefused extends Error {
  constructor() {
    super("a link-local address is no target")
  }
}

/** Looks at each address that a name resolves to, at the moment of connecting: a name may change its mind. */
export const guardedLookup: LookupFunction = (hostname, options, callback) =>
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0)
    if (addresses.some(({ address }) => isMetadataAddress(address))) {
      return callback(new MetadataAddressRefused(), "", 0)
    }
    const [first] = addresses
    if (options.all) return callback(null, addresses)
    return callback(null, first?.address ?? "", first?.family)
  })

/** An HTTP client that connects to no link-local address and follows no redirect. */
export const guardedHttpClient = NodeHttpClient.layerUndiciWithoutDispatcher.pipe(
  Layer.provide(
    Layer.scoped(
      NodeHttpClient.Dispatcher,
      Effect.acquireRelease(
        Effect.sync(() => new Agent({ connect: { lookup: guardedLookup, timeout: 10_000 } })),
        (agent) => Effect.promise(() => agent.destroy())
      )
    )
  )
)
