import { residentBytes } from "../Memory.js"
import { pause } from "../Processes.js"
import { count, megabytes } from "../Tables.js"
import { crowd, driveMixed, notGood } from "./Mixed.js"
import type { Finding, Given, Part } from "./Part.js"
import { onStage } from "./Stage.js"

const rates = { S: 1000, W: 150, C: 50 }
const mix = {
  S: { connections: 20, rate: rates.S },
  W: { connections: 10, rate: rates.W },
  C: { connections: 10, rate: rates.C }
}

interface Sample {
  readonly minutes: number
  readonly bytes: number
}

/** Least squares: how many bytes a minute adds. */
const slopeOf = (samples: ReadonlyArray<Sample>): number => {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const x = mean(({ minutes }) => minutes)
  const y = mean(({ bytes }) => bytes)
  const covariance = mean(({ bytes, minutes }) => (minutes - x) * (bytes - y))
  return covariance / mean(({ minutes }) => (minutes - x) ** 2)
}

/** A megabyte a minute would be more than a gigabyte a day. */
const flatBelow = 2 ** 20

const measure = async ({ seconds, tell }: Given): Promise<Finding> => {
  const length = seconds ?? 600
  const every = length / 20
  const people = crowd(length * rates.W * 2)
  return await onStage({ sessions: people.sessions }, async ({ service: { pid, url } }) => {
    const samples: Array<Sample> = []
    const startedAt = performance.now()
    let going = true
    const watching = (async () => {
      while (going) {
        const minutes = (performance.now() - startedAt) / 60_000
        const bytes = residentBytes(pid) ?? 0
        samples.push({ minutes, bytes })
        tell(`${minutes.toFixed(1)} min  ${megabytes(bytes)}`)
        await pause(every * 1000)
      }
    })()
    const { C, S, W } = await driveMixed(url, mix, people, length)
    going = false
    await watching
    const settled = samples.filter(({ minutes }) => minutes * 60 >= length / 5)
    const slope = slopeOf(settled)
    return {
      tables: [
        {
          columns: ["minute", "resident"],
          rows: samples.map(({ bytes, minutes }) => [minutes.toFixed(1), megabytes(bytes)])
        }
      ],
      remarks: [
        `${count(S.rate)} polls, ${count(W.rate)} webhooks and ${count(C.rate)} starts a second for ${(length / 60).toFixed(1)} minutes; ${notGood(S, W, C)}.`,
        `From minute ${(length / 300).toFixed(1)} on memory grew by ${(slope / 1024).toFixed(0)} KB a minute: ${slope < flatBelow ? "flat" : "NOT FLAT"}.`
      ]
    }
  })
}

export const soak: Part = { name: "soak", title: "Soak", measure }
