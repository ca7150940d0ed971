import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { chart } from "./Chart.js"
import { type Section, writeSections } from "./Document.js"
import { describeMachine } from "./Machine.js"
import type { Measurement } from "./Measurement.js"
import type { Plan } from "./Plan.js"
import { parts } from "./parts/all.js"
import type { Finding, Part } from "./parts/Part.js"
import { ratioTable, speedTable, verdictTable } from "./RoundTables.js"
import { asMarkdown, asText, type Table } from "./Tables.js"

const docs = resolve(import.meta.dirname, "../../../docs")
const order = ["rounds", ...parts.map(({ name }) => name)]

const today = () => new Date().toISOString().slice(0, 10)

export const roundTables = (measurements: ReadonlyArray<Measurement>): ReadonlyArray<Table> => [
  verdictTable(measurements),
  ratioTable(measurements, "fastify"),
  ratioTable(measurements, "raw-tuned"),
  speedTable(measurements)
]

export const textOf = (finding: Finding): string =>
  [...finding.tables.map(asText), ...finding.remarks].join("\n\n")

const roundsSection = (measurements: ReadonlyArray<Measurement>, plan: Plan): Section => ({
  name: "rounds",
  text: [
    "### S, W and C",
    `${describeMachine()}; ${today()}; ${plan.rounds} rounds of ${plan.seconds} s for each contestant and workload, after ${plan.warmUp.S} s of warm-up. Medians; in brackets the least and the most of a round.`,
    "![Requests a second of each contestant](performance.svg)",
    ...roundTables(measurements).map(asMarkdown)
  ].join("\n\n")
})

const partSection = ({ name, title }: Part, { remarks, tables }: Finding): Section => ({
  name,
  text: [`### ${title}`, `${describeMachine()}; ${today()}.`, ...tables.map(asMarkdown), ...remarks].join(
    "\n\n"
  )
})

const write = (section: Section) => writeSections(resolve(docs, "performance.md"), [section], order)

export const keepRounds = (measurements: ReadonlyArray<Measurement>, plan: Plan): void => {
  write(roundsSection(measurements, plan))
  writeFileSync(resolve(docs, "performance.svg"), chart(measurements))
}

export const keepFinding = (part: Part, finding: Finding): void => write(partSection(part, finding))
