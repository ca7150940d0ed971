import { useState } from "preact/hooks"
import { Refused, write } from "./ask.js"

/** One change: whether it is under way, and why it was refused. */
export const useWrite = <T>(onDone: (answer: T) => void) => {
  const [isUnderWay, setIsUnderWay] = useState(false)
  const [refusal, setRefusal] = useState<Refused | null>(null)
  const run = async (path: string, body?: unknown) => {
    setIsUnderWay(true)
    setRefusal(null)
    try {
      onDone(await write<T>(path, body))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      setRefusal(error)
      setIsUnderWay(false)
    }
  }
  return { isUnderWay, refusal, run }
}
