import { execFileSync } from "node:child_process"
import pg from "pg"
import { identifier } from "../../../src/domain/Correlation.js"
import { sha256 } from "../../../src/domain/Digest.js"
import { startPostgres } from "../../postgres/server.js"
import { dropinEnv, serviceArgs, startProvider } from "../Contestants.js"
import { cleaningUp } from "../Ending.js"
import { driveWell } from "../Load.js"
import { cores, pin } from "../Machine.js"
import { type Seeded, undecided } from "../Population.js"
import { type Running, run } from "../Processes.js"
import { dealt, webhookRequest } from "../Requests.js"
import { count } from "../Tables.js"
import { environment, product } from "../Terms.js"
import { connections } from "../Workloads.js"
import type { Finding, Given, Part } from "./Part.js"

const processCounts = [1, 2, 4] as const
const warmUpSeconds = 3
const mostPerSecond = 4000
const dayMillis = 86_400_000

const connected = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString })
  client.on("error", () => undefined)
  await client.connect()
  return client
}

const seed = async (client: pg.Client, sessions: ReadonlyArray<Seeded>) => {
  const refs = sessions.map(({ sessionRef }) => sessionRef)
  const now = Date.now()
  await client.query(
    `INSERT INTO sessions (session_ref, user_id, environment, product, model, confirmable, fingerprint, open,
       hosted_url, status, reason, sequence, created_at, updated_at, expires_at, expiry_due_at)
     SELECT ref, user_id, '${environment}', '${product}', 'hosted', 1, fingerprint, 1,
       'https://app.verifyhuman.io/hosted/v/' || ref, 'pending', 'awaiting_result', 0, $4::bigint, $4, $5::bigint, $5
     FROM unnest($1::text[], $2::text[], $3::text[]) AS s(ref, user_id, fingerprint)`,
    [refs, sessions.map(({ userId }) => userId), refs.map((ref) => sha256(ref)), now, now + dayMillis]
  )
  await client.query(
    `INSERT INTO identifiers (environment, hash, session_ref, source, shared)
     SELECT '${environment}', hash, ref, 'provider', 0 FROM unnest($1::text[], $2::text[]) AS i(hash, ref)`,
    [sessions.map(({ token }) => identifier("token", token).hash), refs]
  )
  await client.query("VACUUM ANALYZE")
}

const startAll = (processes: number, databaseUrl: string, providerUrl: string) =>
  Promise.all(
    Array.from({ length: processes }, (_, i) =>
      run({
        name: `node ${i + 1} of ${processes}`,
        core: cores.both,
        args: serviceArgs("serve"),
        env: dropinEnv(databaseUrl, providerUrl)
      })
    )
  )

const deliver = async (nodes: ReadonlyArray<Running>, sessions: ReadonlyArray<Seeded>, seconds: number) => {
  const each = dealt(sessions, nodes.length)
  const driven = await Promise.all(
    nodes.map(({ url }, i) => {
      const hands = dealt(each[i] ?? [], connections / nodes.length)
      const requests = hands.map((hand) => hand.map(webhookRequest))
      return driveWell({ url, seconds, requests, again: false })
    })
  )
  return {
    rate: driven.reduce((sum, { rate }) => sum + rate, 0),
    p50: Math.max(...driven.map(({ p50 }) => p50)),
    p99: Math.max(...driven.map(({ p99 }) => p99)),
    acknowledged: driven.flatMap(({ acknowledged }) => acknowledged).reduce((sum, n) => sum + n, 0)
  }
}

const measure = async ({ seconds, tell }: Given): Promise<Finding> => {
  const provider = await startProvider()
  const server = await startPostgres()
  return await cleaningUp(server.remove, async () => {
    const length = seconds ?? 15
    pin(server.pid(), cores.both)
    const admin = await connected(server.url)
    const rows: Array<ReadonlyArray<string>> = []
    let first = Number.NaN
    for (const processes of processCounts) {
      const name = `bench_${processes}`
      await admin.query(`CREATE DATABASE ${name}`)
      const database = new URL(server.url)
      database.pathname = `/${name}`
      execFileSync(process.execPath, [...serviceArgs("migrate")], {
        env: { DATABASE_URL: database.href },
        stdio: "pipe"
      })
      const sessions = undecided((length + warmUpSeconds) * mostPerSecond)
      const client = await connected(database.href)
      await seed(client, sessions)
      const nodes = await startAll(processes, database.href, provider.url)
      const split = warmUpSeconds * mostPerSecond
      const warm = await deliver(nodes, sessions.slice(0, split), warmUpSeconds)
      // As autovacuum does within a minute: until then PostgreSQL takes the tables for empty, and reads all of them.
      await client.query("ANALYZE")
      const driven = await deliver(nodes, sessions.slice(split), length)
      await Promise.all(nodes.map(({ stop }) => stop("SIGKILL")))
      const stored = await client.query("SELECT count(*)::int AS n FROM sessions WHERE status = 'pass'")
      await client.end()
      if (stored.rows[0].n < warm.acknowledged + driven.acknowledged) {
        throw new Error("acknowledged webhooks are not in PostgreSQL")
      }
      if (processes === 1) first = driven.rate
      tell(`${processes} processes  ${count(driven.rate)} /s`)
      rows.push([
        String(processes),
        count(driven.rate),
        (driven.rate / first).toFixed(2),
        driven.p50.toFixed(0),
        driven.p99.toFixed(0)
      ])
    }
    await admin.end()
    await provider.stop()
    return {
      tables: [{ columns: ["processes", "W /s", "to one process", "p50 ms", "p99 ms"], rows }],
      remarks: [
        "Service, PostgreSQL and load share two cores here: more processes can only show that they do not get in each other's way, not how far they scale. See docs/scale.md for that."
      ]
    }
  })
}

export const postgres: Part = { name: "postgres", title: "Webhooks on PostgreSQL", measure }
