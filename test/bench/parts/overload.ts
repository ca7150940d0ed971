import { type Driven, drive } from "../Load.js"
import { residentBytes } from "../Memory.js"
import { pause } from "../Processes.js"
import { randomPolls } from "../Requests.js"
import { count, megabytes } from "../Tables.js"
import { readyPath } from "../Terms.js"
import { connections } from "../Workloads.js"
import { crowd, driveMixed } from "./Mixed.js"
import type { Finding, Given, Part } from "./Part.js"
import { onStage } from "./Stage.js"

const usual = { S: { connections: 32 }, W: { connections: 32 }, C: { connections: 0 } }
/** More than may wait in the queue for a commit. */
const tooMany = { S: { connections: 512 }, W: { connections: 1536 }, C: { connections: 0 } }
const connectionsOf = ({ S, W }: typeof usual) => S.connections + W.connections

/** Asks once a second whether the service is ready, until told to stop. */
const watchReadiness = (url: string, pid: number) => {
  const millis: Array<number> = []
  const bytes: Array<number> = []
  let refused = 0
  let going = true
  const ended = (async () => {
    while (going) {
      const askedAt = performance.now()
      const ok = await fetch(url + readyPath, { signal: AbortSignal.timeout(10_000) }).then(
        (answer) => answer.ok,
        () => false
      )
      millis.push(performance.now() - askedAt)
      if (!ok) refused += 1
      bytes.push(residentBytes(pid) ?? 0)
      await pause(1000)
    }
  })()
  return async () => {
    going = false
    await ended
    return { asked: millis.length, refused, slowest: Math.max(...millis), peak: Math.max(...bytes) }
  }
}

const statusesOf = ({ statuses }: Driven, wanted: (status: string) => boolean): number =>
  Object.entries(statuses).reduce((sum, [status, n]) => sum + (wanted(status) ? n : 0), 0)

const row = (name: string, driven: Driven) => [
  name,
  count(statusesOf(driven, (status) => status === "200")),
  count(statusesOf(driven, (status) => status === "503")),
  count(statusesOf(driven, (status) => status !== "200" && status !== "503")),
  count(driven.unanswered),
  driven.p50.toFixed(0),
  driven.p99.toFixed(0)
]

const measure = async ({ seconds, tell }: Given): Promise<Finding> => {
  const length = seconds ?? 60
  const people = crowd(Math.ceil(length * 5000 + 50_000))
  return await onStage({ sessions: people.sessions }, async ({ service: { pid, url } }) => {
    const polls = async (length: number) => {
      const requests = randomPolls(people.phones, connections, 500)
      return (await drive({ url, seconds: length, requests, again: true })).rate
    }
    await driveMixed(url, usual, { ...people, toDecide: people.toDecide.slice(0, 25_000) }, 5)
    const before = await polls(5)
    const residentBefore = residentBytes(pid)
    tell(`${count(before)} polls a second before the overload`)
    const stop = watchReadiness(url, pid)
    const toDecide = people.toDecide.slice(50_000)
    const { S, W } = await driveMixed(url, tooMany, { ...people, toDecide }, length)
    const ready = await stop()
    const after = await polls(5)
    const residentAfter = residentBytes(pid)
    tell(`${count(after)} polls a second within 5 s after it`)
    return {
      tables: [
        {
          columns: [
            `${length} s of ${count(connectionsOf(tooMany))} busy connections`,
            "200",
            "503",
            "others",
            "unanswered",
            "p50 ms",
            "p99 ms"
          ],
          rows: [row("status polls", S), row("webhooks", W)]
        }
      ],
      remarks: [
        `${connectionsOf(tooMany) / connectionsOf(usual)} times as many connections as elsewhere, each asking again as soon as it is answered, refusals included. ${readyPath} was asked ${ready.asked} times meanwhile: ${ready.refused} times it did not answer well, its slowest answer took ${ready.slowest.toFixed(0)} ms.`,
        `Resident memory: ${megabytes(residentBefore)} before, ${megabytes(ready.peak)} at most, ${megabytes(residentAfter)} after. Polls: ${count(before)} a second before, ${count(after)} in the first 5 s after (${(after / before).toFixed(2)}).`
      ]
    }
  })
}

export const overload: Part = { name: "overload", title: "Overload", measure }
