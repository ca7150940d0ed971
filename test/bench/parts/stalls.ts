import { count } from "../Tables.js"
import { crowd, driveMixed, notGood } from "./Mixed.js"
import { type Finding, type Given, type Part, reached } from "./Part.js"
import { secondsIn } from "./ProbeFile.js"
import { onStage } from "./Stage.js"

const goalMillis = 50
const mix = { S: { connections: 32 }, W: { connections: 32 }, C: { connections: 16 } }
const warmUpSeconds = 5

const measure = async ({ seconds, tell }: Given): Promise<Finding> => {
  const length = seconds ?? 60
  const people = crowd((length + warmUpSeconds) * 3000)
  return await onStage({ sessions: people.sessions, probed: true }, async ({ probeFile, service }) => {
    await driveMixed(service.url, mix, people, warmUpSeconds)
    const before = secondsIn(probeFile).length
    const { C, S, W } = await driveMixed(service.url, mix, people, length)
    const watched = secondsIn(probeFile).slice(before)
    const most = (of: (second: (typeof watched)[number]) => number) => Math.max(...watched.map(of))
    const stall = most((second) => second.stall)
    const worked = most((second) => second.worked)
    const gc = most((second) => second.longestGc)
    const gcShare = watched.reduce((sum, { allGc }) => sum + allGc, 0) / (watched.length * 1000)
    tell(
      `longest stall ${stall.toFixed(1)} ms, ${worked.toFixed(1)} ms of work, longest collection ${gc.toFixed(1)} ms`
    )
    return {
      tables: [
        {
          columns: [`under ${length} s of mixed load`, "ms", `at most ${goalMillis}`],
          rows: [
            ["longest stall of the event loop", stall.toFixed(1), ""],
            ["most of one that it worked", worked.toFixed(1), reached(worked, goalMillis)],
            ["most of one that it waited for its core", most((second) => second.waited).toFixed(1), ""],
            ["most of one that it waited for anything else", most((second) => second.blocked).toFixed(1), ""],
            ["longest garbage collection", gc.toFixed(1), ""],
            ["worst second's p99", most((second) => second.p99).toFixed(1), ""]
          ]
        }
      ],
      remarks: [
        `Meanwhile ${count(S.rate)} polls, ${count(W.rate)} webhooks and ${count(C.rate)} starts a second were answered (${notGood(S, W, C)}); garbage collection took ${(gcShare * 100).toFixed(1)} % of the time.`
      ]
    }
  })
}

export const stalls: Part = { name: "stalls", title: "Stalls of the event loop", measure }
