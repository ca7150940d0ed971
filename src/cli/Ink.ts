/** Colours of a terminal; the console takes them off where they are not wanted. */
export type Ink = (text: string) => string

const ink =
  (code: number): Ink =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`

export const bold = ink(1)
export const faint = ink(2)
export const red = ink(31)
const green = ink(32)
const yellow = ink(33)

const inks: Readonly<Record<string, Ink>> = {
  pass: green,
  applied: green,
  delivered: green,
  ok: green,
  pending: yellow,
  unmatched: yellow,
  warning: yellow,
  fail: red,
  failed: red,
  dead: red,
  unreadable: red,
  superseded: faint,
  ignored: faint,
  skipped: faint
}

/** A state in the colour that says how good it is. */
export const byState: (state: string) => Ink = (state) => inks[state] ?? ((text) => text)
