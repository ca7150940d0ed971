import type { Database } from "./Database.js"

interface Member {
  readonly work: () => void
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** What arrives turn after turn of the loop, until one brings nothing, shares one transaction; each is answered after its commit. */
export const groupCommit = (database: Database) => {
  let waiting: Array<Member> = []
  const together = database.transaction((group: ReadonlyArray<Member>) => {
    for (const { work } of group) work()
  }).immediate

  const alone = (member: Member) => {
    try {
      together([member])
      member.resolve()
    } catch (error) {
      member.reject(error)
    }
  }

  const commit = () => {
    const group = waiting
    waiting = []
    try {
      together(group)
    } catch {
      group.forEach(alone)
      return
    }
    for (const { resolve } of group) resolve()
  }

  const gather = (known: number) => {
    setImmediate(() => (waiting.length > known ? gather(waiting.length) : commit()))
  }

  return (work: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      if (waiting.push({ work, resolve, reject }) === 1) gather(1)
    })
}
