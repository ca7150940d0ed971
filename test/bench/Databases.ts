import { closeSync, copyFileSync, fsyncSync, openSync } from "node:fs"
import type { Kind } from "./Contestants.js"
import type { Seeded } from "./Population.js"
import { open } from "./peers/Database.js"
import { scratch } from "./Scratch.js"

/** Otherwise the first commits of whoever gets it would wait for all of it to reach the disk. */
export const flush = (file: string): void => {
  const descriptor = openSync(file, "r+")
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** A database with these sessions, closed. */
export const createDatabase = (kind: Kind, sessions: Iterable<Seeded>): string => {
  const file = scratch(`${kind.name}.db`)
  kind.createSchema(file)
  const database = open(file)
  kind.seed(database, sessions)
  database.pragma("wal_checkpoint(TRUNCATE)")
  database.close()
  flush(file)
  return file
}

/** Makes each kind's database once, and hands out copies. */
export const databasesWith = (sessions: ReadonlyArray<Seeded>) => {
  const made = new Map<string, string>()
  return (kind: Kind): string => {
    const original = made.get(kind.name) ?? createDatabase(kind, sessions)
    made.set(kind.name, original)
    const copy = scratch(`${kind.name}.db`)
    copyFileSync(original, copy)
    flush(copy)
    return copy
  }
}
