import type { OpenApi } from "@effect/platform"
import { isRetriable, type ProblemCode, problemContentType, titleOf } from "./Problem.js"

type Headers = Readonly<Record<string, unknown>>
type Operation = Omit<OpenApi.OpenAPISpecOperation, "parameters" | "responses"> & {
  readonly parameters: ReadonlyArray<unknown>
  readonly responses: Readonly<Record<string, { readonly description: string; readonly headers?: Headers }>>
}
type Transform = (part: Record<string, unknown>) => Record<string, unknown>

const header = (description: string, schema: object = { type: "string" }) => ({ description, schema })
const reference = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` })

const headers = {
  "X-Request-Id": header("The request's own id, or one made up: quote it when you ask for help."),
  "Retry-After": header("Seconds after which it is worth trying again.", { type: "integer" }),
  "WWW-Authenticate": header("`Bearer`."),
  ETag: header("Changes whenever the body does."),
  "Preference-Applied": header("The `wait` that was kept to, when the request preferred one.")
}

const parameters = {
  "X-Request-Id": {
    name: "X-Request-Id",
    in: "header",
    description: "An id of yours for the log: 1 to 128 letters, digits, dots, dashes or underscores.",
    schema: { type: "string", pattern: "^[A-Za-z0-9._-]{1,128}$" }
  },
  "X-User-Id": {
    name: "X-User-Id",
    in: "header",
    description: "The user for whom a service key acts, in UTF-8. Means nothing beside a user's own token.",
    schema: { type: "string", minLength: 1, maxLength: 255 }
  }
}

const set = (...names: ReadonlyArray<keyof typeof headers>): Headers =>
  Object.fromEntries(names.map((name) => [name, reference("headers", name)]))

interface Shape {
  readonly properties?: { readonly code?: { readonly enum?: ReadonlyArray<ProblemCode> } }
  readonly anyOf?: ReadonlyArray<Shape>
}

const codesIn = ({ anyOf = [], properties }: Shape): ReadonlyArray<ProblemCode> => [
  ...new Set([...(properties?.code?.enum ?? []), ...anyOf.flatMap(codesIn)])
]

const problemBody = (codes: ReadonlyArray<ProblemCode>) => {
  const schema = reference("schemas", "Problem")
  return {
    [problemContentType]: {
      schema: codes.length === 0 ? schema : { allOf: [schema, { properties: { code: { enum: codes } } }] }
    }
  }
}

const problem = (
  { content = {} }: OpenApi.OpenApiSpecResponse,
  status: string,
  isSecured: boolean
): Operation["responses"][string] => {
  const codes = codesIn({ anyOf: Object.values(content).map(({ schema }) => schema as Shape) })
  return {
    description: codes.map((code) => `\`${code}\`: ${titleOf(code)}.`).join(" "),
    headers: set(
      ...(codes.some(isRetriable) ? (["Retry-After"] as const) : []),
      ...(status === "401" && isSecured ? (["WWW-Authenticate"] as const) : [])
    ),
    ...{ content: problemBody(codes) }
  }
}

const anyOther = {
  description: "Any other problem, such as `method_not_allowed` or `internal_error`.",
  content: problemBody([])
}

const operation = (described: OpenApi.OpenAPISpecOperation): Operation => {
  const isSecured = described.security.length > 0
  const responses = Object.entries({ ...described.responses, default: anyOther }).map(
    ([status, response]) => {
      const told = /^[45]/.test(status)
        ? problem(response, status, isSecured)
        : (response as Operation["responses"][string])
      return [status, { ...told, headers: { ...told.headers, ...set("X-Request-Id") } }] as const
    }
  )
  return {
    ...described,
    parameters: [
      ...described.parameters,
      ...(isSecured ? [reference("parameters", "X-User-Id")] : []),
      reference("parameters", "X-Request-Id")
    ],
    responses: Object.fromEntries(responses)
  }
}

/** Headers that an operation's answers set, by status. */
export const answersSet =
  (byStatus: Readonly<Record<number, ReadonlyArray<keyof typeof headers>>>): Transform =>
  (described) => {
    const { responses } = described as unknown as Operation
    const more = Object.entries(byStatus).map(([status, names]) => [
      status,
      { ...responses[status], headers: set(...names) }
    ])
    return { ...described, responses: { ...responses, ...Object.fromEntries(more) } }
  }

/** The body of an operation may be left out. */
export const bodyIsOptional: Transform = ({ requestBody, ...described }) => ({
  ...described,
  requestBody: { ...(requestBody as object), required: false }
})

/** What the framework cannot know: problems as they are answered, and the headers that every address reads and sets. */
export const completed: Transform = (spec) => {
  const { components, paths, ...rest } = spec as unknown as OpenApi.OpenAPISpec
  const { HttpApiDecodeError: _, ...schemas } = components.schemas
  const described = Object.entries(paths).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, one]) => [method, operation(one)]))
  ])
  return {
    ...rest,
    paths: Object.fromEntries(described),
    components: { ...components, schemas, parameters, headers }
  }
}
