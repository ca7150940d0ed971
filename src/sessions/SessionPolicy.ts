import { Context } from "effect"
import type { ProviderEnvironment } from "../domain/Environment.js"
import type { Product } from "../domain/Product.js"
import type { RedirectPrefix } from "../domain/Redirects.js"

/** What a team has decided about its sessions (contract section 2). */
export class SessionPolicy extends Context.Tag("verifyhuman-dropin/SessionPolicy")<
  SessionPolicy,
  {
    readonly environment: ProviderEnvironment
    readonly defaultProduct: Product
    readonly products: ReadonlyArray<Product>
    /** Served for the default product instead of a provider call. */
    readonly flowUrl: string | null
    readonly expiresInHours: number
    readonly pageTitle: string | null
    readonly successMessage: string | null
    readonly failureMessage: string | null
    readonly redirectUrl: string | null
    readonly redirectAllowlist: ReadonlyArray<RedirectPrefix>
    /** The one origin off loopback to which a redirect may be plain http: the demo page's, in the sandbox. */
    readonly plainHttpOrigin?: string
    /** Whether the provider's status endpoints can be asked for sessions of the app's SDK. */
    readonly tracking: boolean
    readonly startLimit: { readonly count: number; readonly windowMillis: number }
    /** How long one provider call may take with all its attempts, in milliseconds. */
    readonly providerDeadlineMillis: number
  }
>() {}
