import { appendFileSync, readFileSync } from "node:fs"
import { monitorEventLoopDelay, PerformanceObserver } from "node:perf_hooks"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Loaded into the service by `--import`: what each second saw is appended to a file, a JSON object a line. */
const file = process.env["BENCH_PROBE_FILE"] ?? ""
const resolution = 5
const millis = (nanos: number) => nanos / 1e6 - resolution

const delay = monitorEventLoopDelay({ resolution })
delay.enable()

/** Milliseconds that this thread has worked, and that it could have but had no core. Where the system does not tell, all is work. */
const scheduled = (): { readonly worked: number; readonly waited: number } => {
  try {
    const [worked, waited] = readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")
    if (Number(worked) > 0) return { worked: Number(worked) / 1e6, waited: Number(waited) / 1e6 }
  } catch {}
  return { worked: performance.now(), waited: 0 }
}

let longest = { worked: 0, waited: 0, blocked: 0 }
let awoke = { at: performance.now(), ...scheduled() }
setInterval(() => {
  const now = { at: performance.now(), ...scheduled() }
  const stall = now.at - awoke.at - resolution
  const worked = now.worked - awoke.worked
  const waited = now.waited - awoke.waited
  longest = {
    worked: Math.max(longest.worked, Math.min(stall, worked)),
    waited: Math.max(longest.waited, Math.min(stall, waited)),
    blocked: Math.max(longest.blocked, stall - worked - waited)
  }
  awoke = now
}, resolution).unref()

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
  const stall = millis(delay.max)
  write({ kind: "second", stall, ...longest, p99: millis(delay.percentile(99)), longestGc, allGc })
  delay.reset()
  longest = { worked: 0, waited: 0, blocked: 0 }
  longestGc = 0
  allGc = 0
}, 1000).unref()

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void
/** With another flag than it was compiled with, the service would be compiled anew. */
setFlagsFromString("--no-expose-gc")

process.on("SIGUSR2", () => {
  collect()
  collect()
  const { arrayBuffers, external, heapUsed, rss } = process.memoryUsage()
  write({ kind: "memory", bytes: heapUsed + external, arrayBuffers, rss })
})
