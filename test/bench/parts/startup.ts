import { type ContestantName, contestant, startProvider, titles } from "../Contestants.js"
import { createDatabase } from "../Databases.js"
import { median } from "../Ratios.js"
import { removeFiles } from "../Scratch.js"
import { type Finding, type Part, reached } from "./Part.js"

const goalRatio = 1.2
const times = 5
const compared = ["dropin", "fastify"] as const satisfies ReadonlyArray<ContestantName>

const measure = async (): Promise<Finding> => {
  const provider = await startProvider()
  const millis: Record<(typeof compared)[number], Array<number>> = { dropin: [], fastify: [] }
  for (let i = 0; i < times; i++) {
    for (const name of compared) {
      const { kind, start } = contestant(name)
      const databaseFile = createDatabase(kind, [])
      const running = await start({ databaseFile, providerUrl: provider.url })
      millis[name].push(running.readyAfter)
      await running.stop("SIGKILL")
      removeFiles(databaseFile)
    }
  }
  await provider.stop()
  const ratio = median(millis.dropin) / median(millis.fastify)
  return {
    tables: [
      {
        columns: ["from the start of the process to its first good answer", "median ms", "least", "most"],
        rows: compared.map((name) => [
          titles[name],
          ...[median(millis[name]), Math.min(...millis[name]), Math.max(...millis[name])].map((value) =>
            value.toFixed(0)
          )
        ])
      }
    ],
    remarks: [
      `Ratio ${ratio.toFixed(2)}, at most ${goalRatio}: ${reached(ratio, goalRatio)}. The service is bundled and compiled, as shipped; Fastify is loaded from node_modules, as usual.`
    ]
  }
}

export const startup: Part = { name: "startup", title: "Start-up", measure }
