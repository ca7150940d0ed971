import autocannon, { type Client, type Request, type Result } from "autocannon"

export interface Load {
  readonly url: string
  readonly seconds: number
  /** For each connection what it sends, in this order. */
  readonly requests: ReadonlyArray<Array<Request>>
  /** Whether a connection begins anew at the end of its requests; if not, it stops there. */
  readonly again: boolean
  /** Requests a second, of all connections together; as fast as they are answered where it is left out. */
  readonly rate?: number
}

export interface Driven {
  /** Good answers a second. */
  readonly rate: number
  readonly p50: number
  readonly p99: number
  readonly statuses: Readonly<Record<string, number>>
  /** How many were not answered in time, or not at all. */
  readonly unanswered: number
  /** How many of each connection's requests were answered 2xx before any was not. */
  readonly acknowledged: ReadonlyArray<number>
  readonly ranDry: boolean
}

export const quantile = (sorted: ArrayLike<number>, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN

const sampleMillis = 100

/** Puts load on: every connection sends its next request when it has the answer to the last one. */
export const drive = async ({ again, rate, requests, seconds, url }: Load): Promise<Driven> => {
  const places = new Map<Client, number>()
  const acknowledged = requests.map(() => 0)
  const latencies: Array<number> = []
  let taken = 0
  const options = {
    url,
    connections: requests.length,
    duration: seconds,
    sampleInt: sampleMillis,
    ...(rate === undefined ? {} : { overallRate: rate }),
    ...(again ? {} : { maxConnectionRequests: Math.min(...requests.map((own) => own.length)) }),
    setupClient: (client: Client) => {
      const place = taken++
      places.set(client, place)
      client.setRequests(requests[place] ?? [])
    }
  }
  const result = await new Promise<Result>((resolve, reject) => {
    autocannon(options, (error, result) => (error ? reject(error) : resolve(result))).on(
      "response",
      (client, status, _bytes, millis) => {
        const place = places.get(client)
        latencies.push(millis)
        if (place !== undefined && status < 300) acknowledged[place] = (acknowledged[place] ?? 0) + 1
      }
    )
  })
  const sorted = Float64Array.from(latencies).sort()
  return {
    rate: result["2xx"] / result.duration,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    statuses: Object.fromEntries(
      Object.entries(result.statusCodeStats ?? {}).map(([status, { count = 0 }]) => [status, count])
    ),
    unanswered: result.errors,
    acknowledged,
    ranDry: !again && result.duration < seconds * 0.98
  }
}

/** The same, where any answer but 2xx is a fault. */
export const driveWell = async (load: Load): Promise<Driven> => {
  const driven = await drive(load)
  const bad = Object.entries(driven.statuses).filter(([status]) => !status.startsWith("2"))
  if (bad.length > 0 || driven.unanswered > 0) {
    throw new Error(
      `not every answer was good: ${JSON.stringify(driven.statuses)}, ${driven.unanswered} not answered`
    )
  }
  if (driven.ranDry) throw new Error("there were not enough requests: raise mostPerSecond")
  return driven
}
