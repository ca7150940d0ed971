import { SqlClient, type SqlError } from "@effect/sql"
import { Context, Effect, Effectable, Option } from "effect"
import { once } from "../../domain/Once.js"
import { type Dialect, SqlText } from "./SqlText.js"

type Rows<Row> = Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>

/** Runs a statement; where a transaction is under way in this context, inside it. */
export type Execute = (
  text: string,
  parameters: ReadonlyArray<unknown>,
  context: Context.Context<never>
) => Rows<unknown>

/** A statement, or a part of one: a text and its parameters. As an Effect it runs. */
export class Statement<Row = unknown> extends Effectable.Class<ReadonlyArray<Row>, SqlError.SqlError> {
  constructor(
    private readonly execute: Execute,
    readonly text: SqlText,
    readonly parameters: ReadonlyArray<unknown>
  ) {
    super()
  }

  override commit(): Rows<Row> {
    return Effect.withFiberRuntime((fiber) => this.run(fiber.currentContext))
  }

  run(context: Context.Context<never>): Rows<Row> {
    return this.execute(this.text.whole, this.parameters, context) as Rows<Row>
  }
}

/** What stands in each column of a row. */
export type Columns<A, Row = Readonly<Record<string, unknown>>> = {
  readonly [Name in keyof Row]: (value: A) => Row[Name]
}

/** Writes statements: a value becomes a parameter, a part of a statement becomes a part of this one. */
export interface Sql {
  <Row = unknown>(pieces: TemplateStringsArray, ...values: ReadonlyArray<unknown>): Statement<Row>
  readonly dialect: Dialect
  readonly literal: (text: string) => Statement
  /** `…, …`, of one value at least */
  readonly list: (values: ReadonlyArray<unknown>) => Statement
  /** `(a, b) VALUES (…, …)` */
  readonly insert: <A>(columns: Columns<A>, value: A) => Statement
  /** `a = …, b = …` */
  readonly update: <A>(columns: Columns<A>, value: A) => Statement
  /** `a = excluded.a, b = excluded.b` */
  readonly excluded: (columns: Columns<never>) => Statement
}

const onceFor = (make: (names: Array<string>) => SqlText) =>
  once(new WeakMap<Columns<never>, SqlText>(), (columns) => make(Object.keys(columns)))

const contents = once(new WeakMap<object, ReadonlyArray<(value: never) => unknown>>(), Object.values)

const rowOf = <A>(columns: Columns<A>, value: A): ReadonlyArray<unknown> =>
  (contents(columns) as ReadonlyArray<(value: A) => unknown>).map((content) => content(value))

export const makeSql = (dialect: Dialect, execute: Execute): Sql => {
  const literal = once(new Map<string, SqlText>(), (text) => new SqlText(dialect, [text]))
  const listing = once(
    new Map<number, SqlText>(),
    (length) => new SqlText(dialect, ["", ...Array.from({ length: length - 1 }, () => ", "), ""])
  )
  const beginning = once(
    new WeakMap<TemplateStringsArray, SqlText>(),
    (strings) => new SqlText(dialect, [strings[0] ?? ""])
  )
  const inserting = onceFor((names) => {
    const between = names.slice(1).fill(", ")
    return new SqlText(dialect, [`(${names}) VALUES (`, ...between, ")"])
  })
  const updating = onceFor((names) => {
    const pieces = names.map((name, i) => (i === 0 ? `${name} = ` : `, ${name} = `))
    return new SqlText(dialect, [...pieces, ""])
  })
  const taking = onceFor((names) => {
    const parts = names.map((name) => `${name} = excluded.${name}`)
    return new SqlText(dialect, [parts.join(", ")])
  })
  const statement = <Row>(text: SqlText, parameters: ReadonlyArray<unknown>) =>
    new Statement<Row>(execute, text, parameters)

  const template = <Row>(
    strings: TemplateStringsArray,
    ...values: ReadonlyArray<unknown>
  ): Statement<Row> => {
    const parameters: Array<unknown> = []
    let text = beginning(strings)
    values.forEach((value, i) => {
      const isPart = value instanceof Statement
      if (isPart) parameters.push(...value.parameters)
      else parameters.push(value)
      text = text.followedBy(isPart ? value.text : null, strings[i + 1] ?? "")
    })
    return statement(text, parameters)
  }

  return Object.assign(template, {
    dialect,
    literal: (text: string) => statement(literal(text), []),
    list: (values: ReadonlyArray<unknown>) => statement(listing(values.length), values),
    insert: <A>(columns: Columns<A>, value: A) => statement(inserting(columns), rowOf(columns, value)),
    update: <A>(columns: Columns<A>, value: A) => statement(updating(columns), rowOf(columns, value)),
    excluded: (columns: Columns<never>) => statement(taking(columns), [])
  })
}

const isSelect = (text: string) => text.startsWith("SELECT")

/**
 * Straight to the connection of the transaction that is under way: neither traced nor transformed, a statement costs
 * a fraction of what it costs through the client.
 */
const execute =
  (client: SqlClient.SqlClient, reader: Execute | null): Execute =>
  (text, parameters, context) => {
    const transaction = Context.getOption(context, SqlClient.TransactionConnection)
    if (Option.isSome(transaction)) return transaction.value[0].execute(text, parameters, undefined)
    return reader !== null && isSelect(text)
      ? reader(text, parameters, context)
      : client.unsafe(text, parameters)
  }

export const sqlOf = (client: SqlClient.SqlClient, reader: Execute | null = null): Sql =>
  makeSql(
    client.onDialectOrElse({ pg: () => "pg" as const, orElse: () => "sqlite" as const }),
    execute(client, reader)
  )
