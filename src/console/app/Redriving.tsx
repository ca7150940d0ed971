import { useState } from "preact/hooks"
import { Refused, write } from "./ask.js"
import type { Action } from "./contract.js"
import { Trouble } from "./Trouble.js"
import { counted } from "./wording.js"

interface Progress {
  readonly total: number
  readonly done: number
  readonly failed: number
  readonly refusal: Refused | null
}

const atOnce = 4

const isOfOne = ({ code }: Refused) => code === "action_not_dead" || code === "action_not_found"

/** Redrives all of these, a few at a time. One that somebody else has redriven is done. */
const redriveAll = async (ids: ReadonlyArray<string>, tell: (progress: Progress) => void) => {
  const left = [...ids]
  let progress: Progress = { total: ids.length, done: 0, failed: 0, refusal: null }
  const report = (more: Partial<Progress>) => {
    progress = { ...progress, ...more }
    tell(progress)
  }
  const work = async (): Promise<void> => {
    const id = left.shift()
    if (id === undefined) return
    try {
      await write<Action>(`actions/${encodeURIComponent(id)}/redrive`)
      report({ done: progress.done + 1 })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.code === "action_not_dead") report({ done: progress.done + 1 })
      else report({ failed: progress.failed + 1, refusal: error })
      // What is so of the service, or of this operator, is so of the next action too.
      if (!isOfOne(error)) report({ failed: progress.failed + left.splice(0).length })
    }
    return work()
  }
  report({})
  await Promise.all(Array.from({ length: atOnce }, work))
}

interface RedrivingProps {
  readonly dead: ReadonlyArray<string>
  readonly chosen: ReadonlyArray<string>
  readonly onAllChosen: (isChosen: boolean) => void
  readonly onDone: () => void
}

/** Makes dead actions due again: those that are chosen, and how far it has come. */
export const Redriving = ({ chosen, dead, onAllChosen, onDone }: RedrivingProps) => {
  const [progress, setProgress] = useState<Progress | null>(null)
  const isUnderWay = progress !== null && progress.done + progress.failed < progress.total
  const redrive = async () => {
    await redriveAll(chosen, setProgress)
    onDone()
  }
  return (
    <div class="redriving">
      {dead.length === 0 ? null : (
        <p class="buttons">
          <label class="check">
            <input
              type="checkbox"
              checked={chosen.length === dead.length}
              onChange={(event) => onAllChosen(event.currentTarget.checked)}
            />
            All {dead.length} shown
          </label>
          <button type="button" class="main" disabled={chosen.length === 0 || isUnderWay} onClick={redrive}>
            {chosen.length === 0 ? "Redrive" : `Redrive ${counted(chosen.length, "action")}`}
          </button>
        </p>
      )}
      {progress === null ? null : (
        <div class="progress" role="status">
          <progress value={progress.done + progress.failed} max={progress.total} aria-label="Redriven" />
          {progress.done} of {counted(progress.total, "action")} made due again
          {progress.failed === 0 ? "" : `, ${progress.failed} refused`}
        </div>
      )}
      <Trouble refusal={progress?.refusal ?? null} />
    </div>
  )
}
