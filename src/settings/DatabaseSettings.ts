import { Duration, Effect, Redacted } from "effect"
import { isLoopback } from "../domain/Redirects.js"
import { duration, oneOf, wholeNumber } from "./Parsers.js"
import { SettingsError } from "./SettingsError.js"
import { type Parse, readVariables, type Variables } from "./Variables.js"

/** Where everything is kept (contract section 2, `DATABASE_URL`). */
export type DatabaseSettings =
  | { readonly _tag: "memory" }
  | { readonly _tag: "sqlite"; readonly filename: string }
  | {
      readonly _tag: "postgres"
      readonly url: Redacted.Redacted
      readonly poolSize: number
      readonly statementTimeout: Duration.Duration
      readonly lockTimeout: Duration.Duration
      readonly preparedStatements: boolean
    }

export const databaseVariables = [
  "DATABASE_URL",
  "DATABASE_POOL_SIZE",
  "DATABASE_STATEMENT_TIMEOUT",
  "DATABASE_LOCK_TIMEOUT",
  "DATABASE_PREPARED_STATEMENTS"
] as const

type Address =
  | { readonly _tag: "postgres"; readonly url: string }
  | Exclude<DatabaseSettings, { _tag: "postgres" }>

const address: Parse<Address> = (text) => {
  if (text === "sqlite::memory:") return { _tag: "memory" }
  if (/^postgres(?:ql)?:\/\//.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : null
    const isWhole = url !== null && url.hostname !== "" && url.pathname.length > 1 && url.hash === ""
    return isWhole ? { _tag: "postgres", url: text } : null
  }
  const filename = text.startsWith("sqlite:") ? text.slice("sqlite:".length) : ""
  // A second colon is a slip of `sqlite::memory:`, two slashes one of an address with a host.
  return filename === "" || /^(?::|\/\/)/.test(filename) ? null : { _tag: "sqlite", filename }
}

const time = "a duration such as 5 seconds or 2 minutes, at most 1 hour"

/** The database among all variables. */
export const databaseOf = ({ withDefault }: Variables): DatabaseSettings => {
  const given = withDefault<Address>(
    "DATABASE_URL",
    "sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    address,
    { _tag: "sqlite", filename: "./data/verifyhuman-dropin.db" }
  )
  const connections = {
    poolSize: withDefault("DATABASE_POOL_SIZE", "a number of connections, 2 to 500", wholeNumber(2, 500), 10),
    statementTimeout: withDefault("DATABASE_STATEMENT_TIMEOUT", time, duration, Duration.seconds(5)),
    lockTimeout: withDefault("DATABASE_LOCK_TIMEOUT", time, duration, Duration.seconds(3)),
    preparedStatements:
      withDefault("DATABASE_PREPARED_STATEMENTS", "on or off", oneOf("on", "off"), "on") === "on"
  }
  return given._tag === "postgres"
    ? { _tag: "postgres", url: Redacted.make(given.url), ...connections }
    : given
}

/** The database alone, for a command that needs nothing else to be set. */
export const readDatabase: Effect.Effect<DatabaseSettings, SettingsError> = Effect.gen(function* () {
  const variables = yield* readVariables(databaseVariables)
  const database = databaseOf(variables)
  const { problems } = variables
  return problems.length === 0 ? database : yield* new SettingsError({ problems })
})

/** True when it is reached over a network, and not encrypted. */
export const isReadOnTheWay = (database: DatabaseSettings): boolean => {
  if (database._tag !== "postgres") return false
  const { hostname, searchParams } = new URL(Redacted.value(database.url))
  return !isLoopback(hostname) && !searchParams.has("sslmode") && !searchParams.has("ssl")
}
