import { type ContestantName, contestant, startProvider } from "../Contestants.js"
import { createDatabase } from "../Databases.js"
import type { Seeded } from "../Population.js"
import type { Running } from "../Processes.js"
import { removeFiles, scratch } from "../Scratch.js"

export interface Stage {
  readonly service: Running
  readonly databaseFile: string
  /** What the probe has written so far; see `probe.ts`. */
  readonly probeFile: string
}

interface Needs {
  readonly sessions: Iterable<Seeded>
  readonly contestant?: ContestantName
  readonly probed?: boolean
}

const probe = `${import.meta.dirname}/probe.mjs`

/** The service with these sessions, as it is shipped, for as long as the play lasts. */
export const onStage = async <A>(needs: Needs, play: (stage: Stage) => Promise<A>): Promise<A> => {
  const { kind, start } = contestant(needs.contestant ?? "dropin")
  const provider = await startProvider()
  const databaseFile = createDatabase(kind, needs.sessions)
  const probeFile = scratch("probe.jsonl")
  const service = await start({
    databaseFile,
    providerUrl: provider.url,
    ...(needs.probed ? { nodeArgs: ["--import", probe], env: { BENCH_PROBE_FILE: probeFile } } : {})
  })
  try {
    return await play({ service, databaseFile, probeFile })
  } finally {
    await service.stop("SIGKILL")
    await provider.stop()
    removeFiles(databaseFile)
  }
}
