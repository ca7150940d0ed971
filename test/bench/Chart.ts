import { titles } from "./Contestants.js"
import type { Measurement } from "./Measurement.js"
import { contestantsIn, medianRate } from "./RoundTables.js"
import { count } from "./Tables.js"
import { meanings, workloads } from "./Workloads.js"

const width = 760
const labelWidth = 150
const barWidth = 500
const rowHeight = 20
const headHeight = 34
const gap = 14

const style = `
  text { font: 12px system-ui, sans-serif; fill: #24292f }
  .head { font-weight: 600 }
  .bar { fill: #8c959f }
  .own { fill: #1f6feb }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #6e7681 } .own { fill: #58a6ff } }
`

/** Bars of requests a second, one group for each workload. */
export const chart = (measurements: ReadonlyArray<Measurement>): string => {
  const contestants = contestantsIn(measurements)
  const groupHeight = headHeight + contestants.length * rowHeight + gap
  const groups = workloads.map((workload, group) => {
    const rates = contestants.map((name) => ({ name, rate: medianRate(measurements, name, workload) }))
    const most = Math.max(...rates.map(({ rate }) => rate))
    const top = group * groupHeight
    const bars = rates.map(({ name, rate }, i) => {
      const y = top + headHeight + i * rowHeight
      const length = Math.max(1, Math.round((rate / most) * barWidth))
      return [
        `<text x="${labelWidth - 8}" y="${y + 13}" text-anchor="end">${titles[name]}</text>`,
        `<rect class="${name === "dropin" ? "own" : "bar"}" x="${labelWidth}" y="${y + 2}" width="${length}" height="${rowHeight - 5}" rx="2"/>`,
        `<text x="${labelWidth + length + 6}" y="${y + 13}">${count(rate)}</text>`
      ].join("\n")
    })
    const head = `<text class="head" x="${labelWidth}" y="${top + 22}">${workload}: ${meanings[workload]}, requests a second</text>`
    return [head, ...bars].join("\n")
  })
  const height = workloads.length * groupHeight
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Requests a second of each contestant">
<style>${style}</style>
${groups.join("\n")}
</svg>
`
}
