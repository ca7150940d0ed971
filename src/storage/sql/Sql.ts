import { SqlClient, type SqlError } from "@effect/sql"
import { Context, Effect, Effectable, Option } from "effect"

type Rows<Row> = Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError>

export type Dialect = "pg" | "sqlite"

/** Runs a statement; where a transaction is under way in this context, inside it. */
export type Execute = (
  text: string,
  parameters: ReadonlyArray<unknown>,
  context: Context.Context<never>
) => Rows<unknown>

const placeholder: Readonly<Record<Dialect, (position: number) => string>> = {
  pg: (position) => `$${position}`,
  sqlite: () => "?"
}

/** A statement, or a part of one: its parameters stand between the pieces of its text. As an Effect it runs. */
export class Statement<Row = unknown> extends Effectable.Class<ReadonlyArray<Row>, SqlError.SqlError> {
  constructor(
    private readonly dialect: Dialect,
    private readonly execute: Execute,
    readonly pieces: ReadonlyArray<string>,
    readonly parameters: ReadonlyArray<unknown>
  ) {
    super()
  }

  override commit(): Rows<Row> {
    return Effect.withFiberRuntime((fiber) => this.run(fiber.currentContext))
  }

  run(context: Context.Context<never>): Rows<Row> {
    const at = placeholder[this.dialect]
    const text = this.pieces.reduce((before, piece, position) => before + at(position) + piece)
    return this.execute(text, this.parameters, context) as Rows<Row>
  }
}

/** Writes statements: a value becomes a parameter, a part of a statement becomes a part of this one. */
export interface Sql {
  <Row = unknown>(pieces: TemplateStringsArray, ...values: ReadonlyArray<unknown>): Statement<Row>
  readonly dialect: Dialect
  readonly literal: (text: string) => Statement
  /** `(a, b) VALUES (…, …)` */
  readonly insert: (columns: object) => Statement
  /** `a = …, b = …` */
  readonly update: (columns: object, except: ReadonlyArray<string>) => Statement
}

export const makeSql = (dialect: Dialect, execute: Execute): Sql => {
  const statement = <Row>(pieces: ReadonlyArray<string>, parameters: ReadonlyArray<unknown>) =>
    new Statement<Row>(dialect, execute, pieces, parameters)

  const template = <Row>(
    strings: TemplateStringsArray,
    ...values: ReadonlyArray<unknown>
  ): Statement<Row> => {
    const pieces: Array<string> = []
    const parameters: Array<unknown> = []
    let piece = strings[0] ?? ""
    values.forEach((value, i) => {
      const next = strings[i + 1] ?? ""
      if (value instanceof Statement) {
        const [first = "", ...rest] = value.pieces
        const last = rest.pop()
        if (last === undefined) {
          piece += first + next
          return
        }
        pieces.push(piece + first, ...rest)
        parameters.push(...value.parameters)
        piece = last + next
      } else {
        pieces.push(piece)
        parameters.push(value)
        piece = next
      }
    })
    pieces.push(piece)
    return statement(pieces, parameters)
  }

  return Object.assign(template, {
    dialect,
    literal: (text: string) => statement([text], []),
    insert: (columns: object) => {
      const names = Object.keys(columns)
      const between = names.slice(1).fill(", ")
      return statement([`(${names.join(", ")}) VALUES (`, ...between, ")"], Object.values(columns))
    },
    update: (columns: object, except: ReadonlyArray<string>) => {
      const changed = Object.entries(columns).filter(([name]) => !except.includes(name))
      const pieces = changed.map(([name], i) => (i === 0 ? `${name} = ` : `, ${name} = `))
      return statement(
        [...pieces, ""],
        changed.map(([, value]) => value)
      )
    }
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
