import { type Context, Either } from "effect"
import { sha256 } from "../domain/Digest.js"
import type { Product } from "../domain/Product.js"
import { allow } from "../domain/Redirects.js"
import type { SessionModel } from "../domain/Session.js"
import { type FieldError, InvalidRequest } from "./SessionErrors.js"
import type { SessionPolicy } from "./SessionPolicy.js"

/** What a caller asks for (contract section 3, `POST /api/start-verification`). */
export interface StartCommand {
  readonly product: Product | null
  readonly redirectUrl: string | null
  readonly failureRedirectUrl: string | null
  readonly restart: boolean
  readonly expiresInHours: number | null
  readonly pageTitle: string | null
  readonly successMessage: string | null
  readonly failureMessage: string | null
  readonly reference: string | null
}

/** What is to be started, defaults filled in and redirects checked. */
export interface StartPlan {
  readonly product: Product
  readonly model: SessionModel
  readonly flowUrl: string | null
  readonly redirectUrl: string | null
  readonly failureRedirectUrl: string | null
  readonly expiresInHours: number
  readonly pageTitle: string | null
  readonly successMessage: string | null
  readonly failureMessage: string | null
  readonly reference: string | null
}

type Policy = Context.Tag.Service<SessionPolicy>

const hashOf = (value: unknown) => sha256(JSON.stringify(value))

/** Equal plans of one user are one session. */
export const fingerprintOf = (plan: StartPlan): string =>
  hashOf([
    plan.product,
    plan.model,
    plan.flowUrl,
    plan.redirectUrl,
    plan.failureRedirectUrl,
    plan.expiresInHours,
    plan.pageTitle,
    plan.successMessage,
    plan.failureMessage,
    plan.reference
  ])

/** Equal requests under one `Idempotency-Key` are one request. */
export const requestHashOf = (command: StartCommand): string =>
  hashOf(Object.entries(command).sort(([a], [b]) => (a < b ? -1 : 1)))

const checkRedirect = (
  path: string,
  requested: string | null,
  policy: Policy,
  errors: Array<FieldError>
): string | null => {
  if (requested === null) return null
  const allowed = allow(requested, policy.redirectAllowlist, policy.plainHttpOrigin)
  if (Either.isRight(allowed)) return allowed.right
  errors.push({ path, message: "is not an allowed redirect URL" })
  return null
}

const notOffered: FieldError = { path: "product", message: "is not a product that this service offers" }

const isOffered = (policy: Policy, product: Product): boolean =>
  product === policy.defaultProduct || policy.products.includes(product)

/** Refuses a product that the team has not allowed. */
export const checkProduct = (policy: Policy, product: Product): Either.Either<void, InvalidRequest> =>
  isOffered(policy, product) ? Either.void : Either.left(new InvalidRequest({ errors: [notOffered] }))

/** Fills in the team's defaults and refuses what the team has not allowed. */
export const planStart = (
  policy: Policy,
  command: StartCommand
): Either.Either<StartPlan, InvalidRequest> => {
  const errors: Array<FieldError> = []
  const product = command.product ?? policy.defaultProduct
  if (!isOffered(policy, product)) errors.push(notOffered)
  const requested = checkRedirect("redirect_url", command.redirectUrl, policy, errors)
  const requestedOnFailure = checkRedirect("failure_redirect_url", command.failureRedirectUrl, policy, errors)
  const redirectUrl = requested ?? policy.redirectUrl
  const flowUrl = product === policy.defaultProduct ? policy.flowUrl : null
  if (errors.length > 0) return Either.left(new InvalidRequest({ errors }))
  return Either.right({
    product,
    model: flowUrl === null ? "hosted" : "flow",
    flowUrl,
    redirectUrl,
    failureRedirectUrl: requestedOnFailure ?? redirectUrl,
    expiresInHours: command.expiresInHours ?? policy.expiresInHours,
    pageTitle: command.pageTitle ?? policy.pageTitle,
    successMessage: command.successMessage ?? policy.successMessage,
    failureMessage: command.failureMessage ?? policy.failureMessage,
    reference: command.reference
  })
}
