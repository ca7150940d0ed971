import { useEffect, useRef } from "preact/hooks"
import type { Overview } from "./contract.js"
import { hrefOf, type View } from "./route.js"

const entries: ReadonlyArray<{
  readonly view: View
  readonly name: string
  readonly search?: Readonly<Record<string, string>>
  readonly count?: (figures: Overview) => number
}> = [
  { view: "overview", name: "Overview" },
  { view: "sessions", name: "Sessions" },
  {
    view: "events",
    name: "Events",
    search: { state: "unmatched" },
    count: ({ unmatched_events }) => unmatched_events
  },
  { view: "rejected", name: "Rejected", count: ({ rejected_deliveries }) => rejected_deliveries },
  {
    view: "actions",
    name: "Actions",
    search: { state: "dead" },
    count: ({ dead_actions }) => dead_actions
  },
  { view: "audit", name: "Audit" }
]

/** The views, and how much in each waits for someone. */
export const Sidebar = ({ figures, view }: { figures: Overview | null; view: View }) => {
  const current = useRef<HTMLAnchorElement>(null)
  const hasFigures = figures !== null
  // On a phone the views stand in one line, which is longer with the figures.
  useEffect(
    () => current.current?.scrollIntoView({ block: "nearest", inline: "nearest" }),
    [view, hasFigures]
  )
  return (
    <nav class="side" aria-label="Views">
      {entries.map((entry) => {
        const count = figures === null ? 0 : (entry.count?.(figures) ?? 0)
        const isCurrent = entry.view === view
        return (
          <a
            key={entry.view}
            ref={isCurrent ? current : null}
            href={hrefOf(entry.view, null, entry.search)}
            aria-current={isCurrent ? "page" : undefined}
          >
            {entry.name}
            {count === 0 ? null : <span class="count">{count.toLocaleString("en")}</span>}
          </a>
        )
      })}
    </nav>
  )
}
