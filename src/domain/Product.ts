import { Schema } from "effect"

/** A VerifyHuman product, as named on the provider's wire (`verifycompliance` is sold as VerifyTrust). */
export const Product = Schema.Literal("verifyhuman", "verifyage", "verifyidentity", "verifycompliance")
export type Product = typeof Product.Type
