export const workloads = ["S", "W", "C"] as const

export type Workload = (typeof workloads)[number]

export const meanings: Readonly<Record<Workload, string>> = {
  S: "status poll",
  W: "webhook",
  C: "start"
}

/** Connections, each with one request under way. */
export const connections = 64
