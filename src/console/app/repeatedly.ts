/** Runs a task now, then every so many milliseconds while the page can be seen, and never twice at once. */
export const repeatedly = (task: (signal: AbortSignal) => Promise<void>, every: number) => {
  const ending = new AbortController()
  let timer: number | undefined
  let isUnderWay = false
  let isWantedAgain = false

  const run = async (): Promise<void> => {
    clearTimeout(timer)
    if (ending.signal.aborted) return
    if (isUnderWay) {
      isWantedAgain = true
      return
    }
    isUnderWay = true
    isWantedAgain = false
    await task(ending.signal)
    isUnderWay = false
    if (isWantedAgain) return run()
    if (document.visibilityState === "visible") timer = window.setTimeout(run, every)
  }

  const seen = () => {
    if (document.visibilityState === "visible" && !isUnderWay) run()
  }
  document.addEventListener("visibilitychange", seen, { signal: ending.signal })
  run()
  return {
    again: run,
    end: () => {
      ending.abort()
      clearTimeout(timer)
    }
  }
}
