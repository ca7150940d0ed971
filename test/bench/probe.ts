import { appendFileSync } from "node:fs"
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Loaded into the service by `--import`: what each second saw is appended to a file, a JSON object a line. */
const file = process.env["BENCH_PROBE_FILE"] ?? ""
const resolution = 5
const millis = (nanos: number) => nanos / 1e6 - resolution

const delay = monitorEventLoopDelay({ resolution })
delay.enable()

let longestGc = 0
let allGc = 0
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    longestGc = Math.max(longestGc, duration)
    allGc += duration
  }
}).observe({ entryTypes: ["gc"] })

const write = (line: object) => appendFileSync(file, `${JSON.stringify(line)}\n`)

setInterval(() => {
  write({ kind: "second", stall: millis(delay.max), p99: millis(delay.percentile(99)), longestGc, allGc })
  delay.reset()
  longestGc = 0
  allGc = 0
}, 1000).unref()

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

process.on("SIGUSR2", () => {
  collect()
  collect()
  const { arrayBuffers, external, heapUsed, rss } = process.memoryUsage()
  write({ kind: "memory", bytes: heapUsed + external, arrayBuffers, rss })
})
