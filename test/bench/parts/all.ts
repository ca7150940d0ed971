import { latency } from "./latency.js"
import { memory } from "./memory.js"
import { overload } from "./overload.js"
import type { Part } from "./Part.js"
import { postgres } from "./postgres.js"
import { sizesPart } from "./sizes.js"
import { soak } from "./soak.js"
import { stalls } from "./stalls.js"
import { startup } from "./startup.js"

/** In the order in which they are measured and written down. */
export const parts: ReadonlyArray<Part> = [
  startup,
  latency,
  memory,
  stalls,
  sizesPart,
  postgres,
  overload,
  soak
]

export const partNamed = (name: string): Part => {
  const part = parts.find((one) => one.name === name)
  if (part === undefined) {
    throw new Error(`there is no part ${name}; there is ${parts.map((one) => one.name).join(", ")}`)
  }
  return part
}
