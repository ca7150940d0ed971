import { type LookupAddress, type LookupAllOptions, lookup } from "node:dns"
import type { LookupFunction } from "node:net"
import type { HttpClient } from "@effect/platform"
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

/** How a name becomes all of its addresses. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: Array<LookupAddress>) => void
) => void

/** Looks at each address that a name resolves to, at the moment of connecting: a name may change its mind. */
export const guardedLookup =
  (resolve: Resolve): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, "", 0)
      if (addresses.some(({ address }) => isMetadataAddress(address))) {
        return callback(new MetadataAddressRefused(), "", 0)
      }
      const [first] = addresses
      if (options.all) return callback(null, addresses)
      return callback(null, first?.address ?? "", first?.family)
    })

/** An HTTP client that connects to no link-local address and follows no redirect. */
export const guardedHttpClient = (resolve: Resolve = lookup): Layer.Layer<HttpClient.HttpClient> =>
  NodeHttpClient.layerUndiciWithoutDispatcher.pipe(
    Layer.provide(
      Layer.scoped(
        NodeHttpClient.Dispatcher,
        Effect.acquireRelease(
          Effect.sync(() => new Agent({ connect: { lookup: guardedLookup(resolve), timeout: 10_000 } })),
          (agent) => Effect.promise(() => agent.destroy())
        )
      )
    )
  )
