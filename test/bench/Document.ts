import { readFileSync, writeFileSync } from "node:fs"

const begin = "<!-- bench:begin -->"
const end = "<!-- bench:end -->"
const sectionMark = /^<!-- bench:section (\S+) -->$/m

/** A piece of the results, which a later run replaces by name. */
export interface Section {
  readonly name: string
  readonly text: string
}

const sectionsIn = (results: string): ReadonlyArray<Section> => {
  const [, ...pieces] = results.split(sectionMark)
  return pieces.flatMap((name, i) => (i % 2 === 0 ? [{ name, text: (pieces[i + 1] ?? "").trim() }] : []))
}

/** The document with these sections in place of those of the same names, in the given order. */
export const withSections = (
  document: string,
  sections: ReadonlyArray<Section>,
  order: ReadonlyArray<string>
): string => {
  const from = document.indexOf(begin)
  const to = document.indexOf(end)
  if (from === -1 || to < from) throw new Error(`the document lacks ${begin} and ${end}`)
  const known = sectionsIn(document.slice(from + begin.length, to))
  const all = order.flatMap((name) => {
    const section = sections.find((one) => one.name === name) ?? known.find((one) => one.name === name)
    return section === undefined ? [] : [`<!-- bench:section ${name} -->\n\n${section.text}\n`]
  })
  return `${document.slice(0, from)}${begin}\n\n${all.join("\n")}\n${document.slice(to)}`
}

export const writeSections = (
  file: string,
  sections: ReadonlyArray<Section>,
  order: ReadonlyArray<string>
): void => writeFileSync(file, withSections(readFileSync(file, "utf8"), sections, order))
