import { contestant, startProvider } from "../Contestants.js"
import { flush } from "../Databases.js"
import { driveWell } from "../Load.js"
import type { Seeded } from "../Population.js"
import { open } from "../peers/Database.js"
import { median } from "../Ratios.js"
import { randomPolls } from "../Requests.js"
import { removeFiles, scratch } from "../Scratch.js"
import { count, type Table } from "../Tables.js"
import { environment, product } from "../Terms.js"
import { connections } from "../Workloads.js"
import { type Finding, type Given, type Part, reached } from "./Part.js"

const sizes = [10_000, 1_000_000, 10_000_000] as const
const goalRatio = 1.2
const rounds = 3
const warmUpSeconds = 3
const users = 1000
const underWay = 10_000
const dayMillis = 86_400_000
const pollsPerConnection = 2000

const sessionAt = (index: number): Seeded => ({
  sessionRef: `vs_${String(index).padStart(32, "0")}`,
  userId: `user-${index % users}`,
  token: ""
})

interface Index {
  readonly name: string
  readonly sql: string
}

/** So many pending sessions; the indexes are built at the end, which takes a fraction of the time. */
const databaseOf = (size: number): string => {
  const { createSchema } = contestant("dropin").kind
  const file = scratch(`${size}.db`)
  createSchema(file)
  const database = open(file)
  database.pragma("journal_mode = OFF")
  database.pragma("synchronous = OFF")
  const indexes = database
    .prepare<[], Index>(
      "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'sessions' AND sql IS NOT NULL"
    )
    .all()
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`)
  const now = Date.now()
  database
    .prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${size - 1})
       INSERT INTO sessions (session_ref, user_id, environment, product, model, confirmable, fingerprint, open,
         hosted_url, status, reason, sequence, created_at, updated_at, expires_at, expiry_due_at)
       SELECT 'vs_' || printf('%032d', i), 'user-' || (i % ${users}), '${environment}', '${product}', 'hosted', 1,
         printf('%043d', i), 1, 'https://app.verifyhuman.io/hosted/v/' || i, 'pending', 'awaiting_result', 0,
         @now, @now, @expiry, @expiry FROM n`
    )
    .run({ now, expiry: now + dayMillis })
  for (const { sql } of indexes) database.exec(sql)
  database.close()
  flush(file)
  return file
}

/** Polls at random of so many of all sessions, far from each other and of all users. */
const pollsOf = (size: number, among: number) => {
  const distance = size / among
  const polled = () => {
    const which = Math.floor(Math.random() * among)
    return sessionAt(which * distance + (which % distance))
  }
  return randomPolls(
    Array.from({ length: connections * pollsPerConnection }, polled),
    connections,
    pollsPerConnection
  )
}

interface Polling {
  readonly rates: Array<number>
  readonly medians: Array<number>
}

const makePolling = (): Polling => ({ rates: [], medians: [] })

const tableOf = (
  title: string,
  measured: ReadonlyArray<{ readonly size: number; readonly polling: Polling }>,
  judged: boolean
): Table => {
  const least = measured[0]?.polling
  return {
    columns: [
      title,
      "S /s",
      "p50 ms",
      "p50 to that of the first",
      ...(judged ? [`at most ${goalRatio}`] : [])
    ],
    rows: measured.map(({ polling: { medians, rates }, size }) => {
      const ratio = median(medians.map((value, round) => value / (least?.medians[round] ?? Number.NaN)))
      return [
        count(size),
        count(median(rates)),
        median(medians).toFixed(2),
        ratio.toFixed(2),
        ...(judged ? [reached(ratio, goalRatio)] : [])
      ]
    })
  }
}

const measure = async ({ seconds, tell }: Given): Promise<Finding> => {
  const length = seconds ?? 6
  const provider = await startProvider()
  const databases = sizes.map((size) => {
    tell(`making ${count(size)} sessions`)
    return { size, databaseFile: databaseOf(size), again: makePolling(), once: makePolling() }
  })
  for (let round = 1; round <= rounds; round++) {
    for (const { again, databaseFile, once, size } of databases) {
      const running = await contestant("dropin").start({ databaseFile, providerUrl: provider.url })
      const poll = async (what: string, { medians, rates }: Polling, among: number) => {
        const polls = { url: running.url, requests: pollsOf(size, among), again: true }
        await driveWell({ ...polls, seconds: warmUpSeconds })
        const { p50, rate } = await driveWell({ ...polls, seconds: length })
        rates.push(rate)
        medians.push(p50)
        tell(`round ${round}  ${count(size)} sessions, ${what}  ${count(rate)} /s  p50 ${p50.toFixed(2)} ms`)
      }
      await poll(`${count(underWay)} under way`, again, underWay)
      await poll("any", once, size)
      await running.stop("SIGKILL")
    }
  }
  await provider.stop()
  for (const { databaseFile } of databases) removeFiles(databaseFile)
  return {
    tables: [
      tableOf(
        `${count(underWay)} sessions under way, of`,
        databases.map(({ again, size }) => ({ size, polling: again })),
        true
      ),
      tableOf(
        "any session, of",
        databases.map(({ once, size }) => ({ size, polling: once })),
        false
      )
    ],
    remarks: [
      `SQLite; ${rounds} rounds, the sizes in turn. Above, what phones do: each asks for its session again and again. Below, each poll asks for one of all sessions, so that hardly any is in the service's cache from a million on: what the first poll of each session takes. The files are in the memory of the operating system, where it has room for them.`
    ]
  }
}

export const sizesPart: Part = { name: "sizes", title: "Polls at ten million sessions", measure }
