import { useEffect, useRef, useState } from "preact/hooks"
import { Refused, read } from "./ask.js"
import { reportPulse } from "./pulse.js"
import { repeatedly } from "./repeatedly.js"

export interface Live<T> {
  /** The last answer; null before the first. */
  readonly data: T | null
  /** Why the last request got none. */
  readonly trouble: Refused | null
  readonly again: () => void
}

const asRefused = (error: unknown): Refused =>
  error instanceof Refused ? error : new Refused(0, "console_failed", "The console failed", String(error))

interface Known<T> {
  readonly path: string | null
  readonly data: T | null
  readonly trouble: Refused | null
}

/** What an address of the admin API answers, asked for again every few seconds. A null path asks for nothing. */
export const useLive = <T>(path: string | null, every = 4000): Live<T> => {
  const [known, setKnown] = useState<Known<T>>({ path, data: null, trouble: null })
  const repeating = useRef<ReturnType<typeof repeatedly> | null>(null)

  useEffect(() => {
    if (path === null) return
    const task = async (signal: AbortSignal) => {
      try {
        const data = await read<T>(path, signal)
        if (signal.aborted) return
        setKnown({ path, data, trouble: null })
        reportPulse(null)
      } catch (error) {
        if (signal.aborted) return
        const trouble = asRefused(error)
        setKnown((before) => ({ path, data: before.path === path ? before.data : null, trouble }))
        reportPulse(trouble)
      }
    }
    repeating.current = repeatedly(task, every)
    return () => repeating.current?.end()
  }, [path, every])

  const isCurrent = known.path === path
  return {
    data: isCurrent ? known.data : null,
    trouble: isCurrent ? known.trouble : null,
    again: () => repeating.current?.again()
  }
}
