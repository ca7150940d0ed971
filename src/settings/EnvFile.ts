import { Either } from "effect"

const space = "[^\\S\\n]*"
const end = `${space}(?:(?<=\\s)#[^\\n]*)?(?:\\n|$)`
const nothing = new RegExp(`${space}(?:#[^\\n]*)?(?:\\n|$)`, "y")
const quoted = `'([^']*)'|"((?:\\\\[^]|[^"\\\\])*)"`
const bare = "([^\\s#'\"`][^\\n]*?)"
const assignment = new RegExp(
  `${space}(?:export[^\\S\\n]+)?([A-Za-z_]\\w*)${space}=${space}(?:${quoted}|${bare})?${end}`,
  "y"
)

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" }

const unescaped = (text: string) =>
  text.replace(/\\([nrt"\\$])/g, (_, letter: string) => escapes[letter] ?? letter)

/**
 * Reads the lines of a `.env` file, or says which of them cannot be read (from 1). Nothing in a value is replaced by
 * another variable, and a `#` begins a comment only after white space: both would spoil a secret without a word.
 */
export const parseEnvFile = (
  text: string
): Either.Either<ReadonlyMap<string, string>, ReadonlyArray<number>> => {
  const lines = text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")
  const values = new Map<string, string>()
  const unreadable: Array<number> = []
  let at = 0
  const next = (form: RegExp) => {
    form.lastIndex = at
    const match = form.exec(lines)
    if (match !== null) at = form.lastIndex
    return match
  }
  while (at < lines.length) {
    if (next(nothing) !== null) continue
    const match = next(assignment)
    if (match === null) {
      unreadable.push(lines.slice(0, at).split("\n").length)
      at = `${lines}\n`.indexOf("\n", at) + 1
    } else {
      const [, name = "", single, double, plain] = match
      values.set(name, single ?? (double === undefined ? plain : unescaped(double)) ?? "")
    }
  }
  return unreadable.length === 0 ? Either.right(values) : Either.left(unreadable)
}
