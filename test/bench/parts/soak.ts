import { pause } from "../Processes.js"
import { count, megabytes } from "../Tables.js"
import { crowd, driveMixed, notGood } from "./Mixed.js"
import type { Finding, Given, Part } from "./Part.js"
import { liveMemory } from "./ProbeFile.js"
import { onStage } from "./Stage.js"

const rates = { S: 1000, W: 150, C: 50 }
const mix = {
  S: { connections: 20, rate: rates.S },
  W: { connections: 10, rate: rates.W },
  C: { connections: 10, rate: rates.C }
}

interface Sample {
  readonly minutes: number
  /** Heap and buffers after a full collection. */
  readonly live: number
  /** Right after it, what the collector has not given back included. */
  readonly resident: number
}

/** Least squares: how many bytes a minute adds. */
const slopeOf = (samples: ReadonlyArray<Sample>, bytes: (sample: Sample) => number): number => {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const x = mean(({ minutes }) => minutes)
  const y = mean(bytes)
  const covariance = mean((sample) => (bytes(sample) - y) * (sample.minutes - x))
  return covariance / mean(({ minutes }) => (minutes - x) ** 2)
}

/** A megabyte a minute would be more than a gigabyte a day. */
const flatBelow = 2 ** 20
/** By then the caches are full: 50 starts a second, each with a token of its own, fill that of tokens in 200 s. */
const settledAfter = 1 / 3

const measure = async ({ seconds, tell }: Given): Promise<Finding> => {
  const length = seconds ?? 600
  const every = length / 20
  const people = crowd(length * rates.W * 2)
  return await onStage(
    { sessions: people.sessions, probed: true },
    async ({ probeFile, service: { pid, url } }) => {
      const samples: Array<Sample> = []
      const startedAt = performance.now()
      let going = true
      const watching = (async () => {
        while (going) {
          const minutes = (performance.now() - startedAt) / 60_000
          const { bytes: live, rss: resident } = await liveMemory(pid, probeFile)
          samples.push({ minutes, live, resident })
          tell(`${minutes.toFixed(1)} min  ${megabytes(live)} live, ${megabytes(resident)} resident`)
          await pause(every * 1000)
        }
      })()
      const driving = driveMixed(url, mix, people, length).finally(() => {
        going = false
      })
      const [{ C, S, W }] = await Promise.all([driving, watching])
      const settled = samples.filter(({ minutes }) => minutes * 60 >= length * settledAfter)
      const growth = slopeOf(settled, ({ live }) => live)
      const residentGrowth = slopeOf(settled, ({ resident }) => resident)
      const each = (slope: number) => `${(slope / 1024).toFixed(0)} KB a minute`
      return {
        tables: [
          {
            columns: ["minute", "live bytes (heap and buffers, after a collection)", "resident then"],
            rows: samples.map(({ live, minutes, resident }) => [
              minutes.toFixed(1),
              megabytes(live),
              megabytes(resident)
            ])
          }
        ],
        remarks: [
          `${count(S.rate)} polls, ${count(W.rate)} webhooks and ${count(C.rate)} starts a second for ${(length / 60).toFixed(1)} minutes; ${notGood(S, W, C)}.`,
          `From minute ${((length * settledAfter) / 60).toFixed(1)} on live bytes grew by ${each(growth)}: ${growth < flatBelow ? "flat" : "NOT FLAT"}. Resident memory, which moves with what the collector has not given back, grew by ${each(residentGrowth)}.`
        ]
      }
    }
  )
}

export const soak: Part = { name: "soak", title: "Soak", measure }
