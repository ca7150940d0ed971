import { type Context, Either } from "effect"
import { parsePrefix } from "../../src/domain/Redirects.js"
import type { SessionPolicy } from "../../src/sessions/SessionPolicy.js"
import type { StartCommand } from "../../src/sessions/StartPlan.js"

export type Policy = Context.Tag.Service<SessionPolicy>

export const aPolicy = (overrides: Partial<Policy> = {}): Policy => ({
  environment: "test",
  defaultProduct: "verifyidentity",
  products: ["verifyidentity", "verifyage"],
  flowUrl: null,
  expiresInHours: 1,
  pageTitle: null,
  successMessage: null,
  failureMessage: null,
  redirectUrl: null,
  redirectAllowlist: ["myapp://verified", "https://app.example/done"].map((text) =>
    Either.getOrThrow(parsePrefix(text))
  ),
  tracking: true,
  startLimit: { count: 5, windowMillis: 3_600_000 },
  providerDeadlineMillis: 8000,
  ...overrides
})

export const aCommand = (overrides: Partial<StartCommand> = {}): StartCommand => ({
  product: null,
  redirectUrl: null,
  failureRedirectUrl: null,
  restart: false,
  expiresInHours: null,
  pageTitle: null,
  successMessage: null,
  failureMessage: null,
  reference: null,
  ...overrides
})
