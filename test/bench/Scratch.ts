import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

let root: string | null = null
let taken = 0

/** A new path in a directory of this run, which goes when the run ends. */
export const scratch = (name: string): string => {
  root ??= mkdtempSync(join(tmpdir(), "verifyhuman-dropin-bench-"))
  taken += 1
  return join(root, `${taken}-${name}`)
}

export const removeScratch = (): void => {
  if (root !== null) rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  root = null
}

/** A database of this run, and what SQLite has put beside it. */
export const removeFiles = (databaseFile: string): void => {
  for (const end of ["", "-wal", "-shm"]) rmSync(databaseFile + end, { force: true })
}
