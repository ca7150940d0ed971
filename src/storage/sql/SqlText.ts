export type Dialect = "pg" | "sqlite"

const placeholder: Readonly<Record<Dialect, (position: number) => string>> = {
  pg: (position) => `$${position}`,
  sqlite: () => "?"
}

/** The text of a statement, or of a part of one: parameters stand between its pieces. */
export class SqlText {
  /** As the database reads it. */
  readonly whole: string
  private readonly longer = new Map<SqlText | null, SqlText>()

  constructor(
    private readonly dialect: Dialect,
    private readonly pieces: ReadonlyArray<string>
  ) {
    this.whole = pieces.reduce((before, piece, i) => before + placeholder[dialect](i) + piece)
  }

  /** This text, a part (null is a parameter) and a piece after it. Put together once: a template is one of few texts. */
  followedBy(part: SqlText | null, piece: string): SqlText {
    const known = this.longer.get(part)
    if (known !== undefined) return known
    const [first = "", ...rest] = part === null ? ["", ""] : part.pieces
    const pieces = [...this.pieces.slice(0, -1), `${this.pieces.at(-1)}${first}`, ...rest]
    const made = new SqlText(this.dialect, [...pieces.slice(0, -1), `${pieces.at(-1)}${piece}`])
    this.longer.set(part, made)
    return made
  }
}
