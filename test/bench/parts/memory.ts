import { execSync } from "node:child_process"
import { undecided } from "../Population.js"
import { pause } from "../Processes.js"
import { count, megabytes } from "../Tables.js"
import { type Finding, type Part, reached } from "./Part.js"
import { waitingPhones } from "./Phones.js"
import { liveMemory } from "./ProbeFile.js"
import { onStage } from "./Stage.js"

const goalKilobytes = 25
const wanted = 10_000
const otherFiles = 500
/** Phones that wait and go before the others come: code and caches are warm then. */
const warmUps = 1000

const openFilesAllowed = (): number => {
  try {
    const limit = execSync("ulimit -n", { encoding: "utf8" }).trim()
    return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit)
  } catch {
    return 1024
  }
}

const measure = async (): Promise<Finding> => {
  const phones = Math.min(wanted, openFilesAllowed() - otherFiles)
  const sessions = undecided(phones + warmUps)
  return await onStage({ sessions, probed: true }, async ({ probeFile, service }) => {
    const come = async (from: number, to: number) => {
      const waiting = await waitingPhones(sessions.slice(from, to), service.url)
      await pause(2000)
      return {
        waiting,
        go: async () => {
          for (const { socket } of waiting) socket.destroy()
          await pause(2000)
        }
      }
    }
    await (await come(phones, phones + warmUps)).go()
    const before = await liveMemory(service.pid, probeFile)
    const { go, waiting } = await come(0, phones)
    const during = await liveMemory(service.pid, probeFile)
    const told = await Promise.race([
      Promise.all(waiting.map(({ answered }) => answered)),
      pause(45_000).then(() => {
        throw new Error("the phones were not answered in time")
      })
    ])
    if (!told.every(({ head }) => head.includes(" 200"))) throw new Error("not every phone was answered well")
    await go()
    const after = await liveMemory(service.pid, probeFile)
    const each = (bytes: number) => bytes / phones / 1024
    const live = each(during.bytes - before.bytes)
    const row = (name: string, of: (use: typeof before) => number) => [
      name,
      megabytes(of(before)),
      megabytes(of(during)),
      megabytes(of(after)),
      `${each(of(during) - of(before)).toFixed(1)} KB`
    ]
    return {
      tables: [
        {
          columns: [`${count(phones)} waiting phones`, "before", "while they wait", "after", "each"],
          rows: [
            row("live bytes (heap and buffers, after a collection)", ({ bytes }) => bytes),
            row("resident", ({ rss }) => rss)
          ]
        }
      ],
      remarks: [
        `${live.toFixed(1)} KB each, at most ${goalKilobytes}: ${reached(live, goalKilobytes)}. Each phone has a connection, a user and a session of its own; the connection is included.`,
        ...(phones < wanted
          ? [`Only ${count(phones)} phones: the limit of open files is too low for more.`]
          : [])
      ]
    }
  })
}

export const memory: Part = { name: "memory", title: "Memory of waiting phones", measure }
