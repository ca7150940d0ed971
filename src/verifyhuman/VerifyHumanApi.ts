import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "@effect/platform"
import { Schema } from "effect"
import { Product } from "../domain/Product.js"

/** `POST /hosted/generate`: what may be asked for. */
export const GenerateRequest = Schema.Struct({
  product: Product,
  redirect_url: Schema.optional(Schema.String),
  failure_redirect_url: Schema.optional(Schema.String),
  expires_in_hours: Schema.optional(Schema.Int),
  page_title: Schema.optional(Schema.String),
  success_message: Schema.optional(Schema.String),
  failure_message: Schema.optional(Schema.String)
})

/** Its answer; whatever else it carries may refer to the session, and is kept. */
export const GenerateAnswer = Schema.Struct(
  { hosted_url: Schema.String, token: Schema.NonEmptyString, expires_at: Schema.String },
  Schema.Record({ key: Schema.String, value: Schema.Unknown })
)

/** The envelope of the mobile status endpoints. */
export const MobileStatus = Schema.Struct({
  success: Schema.Boolean,
  session_id: Schema.NullOr(Schema.String),
  verification_id: Schema.NullOr(Schema.String),
  product: Product,
  outcome: Schema.NullOr(Schema.String),
  next_step: Schema.NullOr(Schema.String),
  data: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
  meta: Schema.Struct({ environment: Schema.String, step: Schema.NullOr(Schema.String) })
})

export const ProviderProblem = Schema.Struct({ error: Schema.String, status: Schema.optional(Schema.String) })

/** What the provider says instead, when it has had enough. */
export const Throttled = Schema.Struct({ status: Schema.Literal("throttled"), message: Schema.String })

const problem = (status: number) => ProviderProblem.annotations(HttpApiSchema.annotations({ status }))
const throttled = Throttled.annotations(HttpApiSchema.annotations({ status: 429 }))

const Hosted = HttpApiGroup.make("hosted").add(
  HttpApiEndpoint.post("generate", "/hosted/generate")
    .setPayload(GenerateRequest)
    .addSuccess(GenerateAnswer, { status: 201 })
    .addError(problem(400))
    .addError(problem(401))
    .addError(problem(402))
    .addError(problem(403))
    .addError(problem(422))
    .addError(throttled)
    .addError(problem(500))
)

const status = <const Name extends Product, const Path extends `/${string}`>(name: Name, path: Path) =>
  HttpApiEndpoint.get(name, path)
    .setPath(Schema.Struct({ id: Schema.String }))
    .addSuccess(MobileStatus)
    .addError(problem(401))
    .addError(problem(402))
    .addError(problem(403))
    .addError(problem(404))
    .addError(throttled)
    .addError(problem(500))

const Mobile = HttpApiGroup.make("mobile")
  .add(status("verifyhuman", "/api/mobile/v1/verifyhuman/status/:id"))
  .add(status("verifyage", "/api/mobile/v1/verifyage/status/:id"))
  .add(status("verifyidentity", "/api/mobile/v1/verifyidentity/status/:id"))
  .add(status("verifycompliance", "/api/mobile/v1/verifycompliance/status/:id"))

/** VerifyHuman's wire, as far as it is known: one declaration for the client and for the sandbox. */
export class VerifyHumanApi extends HttpApi.make("verifyhuman").add(Hosted).add(Mobile) {}
