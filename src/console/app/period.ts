/** How far back, as it is named in an address of the console. */
export const periods: ReadonlyArray<readonly [name: string, label: string, hours: number]> = [
  ["hour", "Last hour", 1],
  ["day", "Last 24 hours", 24],
  ["week", "Last 7 days", 168]
]

/** When a period began. To the minute: an address that changed at every look would begin its list anew. */
export const periodOf = (name: string | undefined, now: number = Date.now()): string | undefined => {
  const hours = periods.find(([known]) => known === name)?.[2]
  if (hours === undefined) return undefined
  return new Date(Math.floor((now - hours * 3_600_000) / 600_000) * 600_000).toISOString()
}
