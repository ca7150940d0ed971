import type { OpenApi } from "@effect/platform"
import { components, type HeaderName, reference, sets } from "./DescribedHeaders.js"
import { isRetriable, type ProblemCode, problemContentType, titleOf } from "./Problem.js"

interface Response {
  readonly description: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Readonly<Record<string, { readonly schema: Shape }>>
}
interface Operation {
  readonly parameters: ReadonlyArray<object>
  readonly security: ReadonlyArray<unknown>
  readonly responses: Readonly<Record<string, Response>>
}
interface Shape {
  readonly $ref?: string
  readonly properties?: { readonly code?: { readonly enum?: ReadonlyArray<ProblemCode> } }
  readonly anyOf?: ReadonlyArray<Shape>
  readonly allOf?: ReadonlyArray<Shape>
}
type Transform = (part: Record<string, unknown>) => Record<string, unknown>

/** How the framework would answer undecodable requests, if the service let it. */
const frameworkSchemas = new Set(["HttpApiDecodeError", "Issue", "PropertyKey"])
const isFrameworks = (shape: Shape) => shape.$ref?.endsWith("/HttpApiDecodeError") === true

const codesIn = (shape: Shape): ReadonlyArray<ProblemCode> => [
  ...(isFrameworks(shape) ? (["invalid_request"] as const) : []),
  ...(shape.properties?.code?.enum ?? []),
  ...(shape.anyOf ?? []).flatMap(codesIn)
]

const anyProblem = reference("schemas", "Problem")
const aProblemOf = (codes: ReadonlyArray<ProblemCode>) => ({
  allOf: [anyProblem, { properties: { code: { enum: codes } } }]
})

const problem = ({ content = {} }: Response, isSecured: boolean): Response => {
  const codes = [...new Set(Object.values(content).flatMap(({ schema }) => codesIn(schema)))]
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}.`).join(" "),
    headers: sets([
      ...(codes.some(isRetriable) ? (["Retry-After"] as const) : []),
      ...(isSecured && codes.includes("unauthenticated") ? (["WWW-Authenticate"] as const) : [])
    ]),
    content: { [problemContentType]: { schema: aProblemOf(codes) } }
  }
}

const anyOther: Response = {
  description: "Any other problem, such as `method_not_allowed` or `internal_error`.",
  content: { [problemContentType]: { schema: anyProblem } }
}

const canonical = (parameter: object): object =>
  "in" in parameter && parameter.in === "header" && "name" in parameter
    ? { ...parameter, name: String(parameter.name).replace(/\b[a-z]/g, (letter) => letter.toUpperCase()) }
    : parameter

const operation = (described: Operation): Operation => {
  const isSecured = described.security.length > 0
  const responses = Object.entries({ ...described.responses, default: anyOther }).map(
    ([status, response]): [string, Response] => {
      const told = /^[45]/.test(status) ? problem(response, isSecured) : response
      return [status, { ...told, headers: { ...told.headers, ...sets(["X-Request-Id"]) } }]
    }
  )
  const isForUsers = described.security.some((scheme) => Object.hasOwn(scheme as object, "bearer"))
  const read = [...(isForUsers ? ["X-User-Id"] : []), "X-Request-Id"]
  return {
    ...described,
    parameters: [
      ...described.parameters.map(canonical),
      ...read.map((name) => reference("parameters", name))
    ],
    responses: Object.fromEntries(responses)
  }
}

/** What an operation's answers mean and which headers they set, by status. */
export const answers =
  (
    byStatus: Readonly<Record<number, readonly [description: string, ...headers: ReadonlyArray<HeaderName>]>>
  ): Transform =>
  (described) => {
    const { responses } = described as unknown as Operation
    const told = Object.entries(byStatus).map(([status, [description, ...names]]) => [
      status,
      { ...responses[status], description, headers: sets(names) }
    ])
    return { ...described, responses: { ...responses, ...Object.fromEntries(told) } }
  }

/** The body of an operation may be left out. */
export const bodyIsOptional: Transform = ({ requestBody, ...described }) => ({
  ...described,
  requestBody: { ...(requestBody as object), required: false }
})

/** What the framework cannot know: problems as they are answered, and the headers that every address reads and sets. */
export const completed: Transform = (spec) => {
  const { components: generated, paths, ...rest } = spec as unknown as OpenApi.OpenAPISpec
  const described = Object.entries(paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, one]) => [method, operation(one as unknown as Operation)])
    )
  ])
  const schemas = Object.entries(generated.schemas).filter(([name]) => !frameworkSchemas.has(name))
  return {
    ...rest,
    paths: Object.fromEntries(described),
    components: { ...generated, schemas: Object.fromEntries(schemas), ...components }
  }
}
