const text = { type: "string" }

const headers = {
  "X-Request-Id": {
    description: "The request's own id, or one made up: quote it when you ask for help.",
    schema: text
  },
  "Retry-After": {
    description: "Seconds after which it is worth trying again.",
    schema: { type: "integer", minimum: 0 }
  },
  "WWW-Authenticate": { description: "`Bearer`.", schema: text },
  ETag: { description: "Changes whenever the body does.", schema: text },
  "Preference-Applied": {
    description: "The `wait` that was kept to, when the request preferred one.",
    schema: text
  }
}

const parameters = {
  "X-Request-Id": {
    name: "X-Request-Id",
    in: "header",
    description: "An id of yours for the log; one that does not fit is replaced.",
    schema: { type: "string", pattern: "^[A-Za-z0-9._-]{1,128}$" }
  },
  "X-User-Id": {
    name: "X-User-Id",
    in: "header",
    description:
      "The user for whom a service key acts, in UTF-8. Needed with a service key; means nothing beside a user's own token.",
    schema: { type: "string", minLength: 1, maxLength: 255 }
  }
}

/** A header that answers set. */
export type HeaderName = keyof typeof headers

/** The headers that many operations share, as components of the description. */
export const components = { parameters, headers }

export const reference = (kind: "headers" | "parameters" | "schemas", name: string) => ({
  $ref: `#/components/${kind}/${name}`
})

export const sets = (names: ReadonlyArray<HeaderName>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(names.map((name) => [name, reference("headers", name)]))
