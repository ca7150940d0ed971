import { stripVTControlCharacters } from "node:util"

const form = /^( {2}- )(\S.*?)(?: {2,}(\S.*?))? *$/

const nameOf = (usage: string) => usage.replace(/ (?:\[|-|<).*$/, "")

/**
 * The library writes beside each command how it is used, as wide as the widest, which no terminal shows well: its name
 * must do, the command's own help has the rest.
 */
export const readableHelp = (text: string): string => {
  if (!stripVTControlCharacters(text).startsWith("verifyhuman-dropin\n")) return text
  const lines = text.split("\n")
  const entries = lines.map((line) => form.exec(line))
  const width = entries.reduce((widest, entry) => Math.max(widest, nameOf(entry?.[2] ?? "").length), 0)
  return lines
    .filter((line, index) => line !== "" || entries[index - 1] == null || entries[index + 1] == null)
    .map((line) => {
      const [, bullet, usage, description = ""] = form.exec(line) ?? []
      return bullet === undefined || usage === undefined
        ? line
        : `${bullet}${nameOf(usage).padEnd(width)}  ${description}`.trimEnd()
    })
    .join("\n")
}
