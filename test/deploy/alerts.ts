import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = new URL("../../", import.meta.url)

export const pathOf = (file: string): string => fileURLToPath(new URL(file, root))
export const textOf = (file: string): string => readFileSync(pathOf(file), "utf8")

export interface Alert {
  readonly name: string
  readonly expr: string
  readonly severity: string
  readonly summary: string
  readonly description: string
  readonly runbookUrl: string
}

/** The value of a key in a block of YAML that is written as ours is: on one line, or as a block of deeper lines. */
const valueIn = (block: string, key: string): string => {
  const [, indent = "", first = ""] = new RegExp(`^( *)(?:- )?${key}: (.*)$`, "m").exec(block) ?? []
  if (first !== "|") return first.replace(/^"(.*)"$/, "$1")
  const after = block.slice(block.indexOf(`${key}: |\n`) + key.length + 4)
  const deeper = new RegExp(`^(?: {${indent.length + 1},}.*\n)+`)
  return deeper.exec(after)?.[0] ?? ""
}

/** Every alert of deploy/alerts.yml, in its order. */
export const alerts: ReadonlyArray<Alert> = textOf("deploy/alerts.yml")
  .split(/^ +- (?=alert: )/m)
  .slice(1)
  .map((block) => ({
    name: valueIn(block, "alert"),
    expr: valueIn(block, "expr"),
    severity: valueIn(block, "severity"),
    summary: valueIn(block, "summary"),
    description: valueIn(block, "description"),
    runbookUrl: valueIn(block, "runbook_url")
  }))

/** The headings of a document, each with the anchor that links lead to. */
export const headingsOf = (
  file: string
): ReadonlyArray<{ readonly title: string; readonly anchor: string }> =>
  [...textOf(file).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => ({
    title,
    anchor: title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-")
  }))
