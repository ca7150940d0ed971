import { fromNow, momentOf } from "./timeText.js"

/** A time where the operator is; the exact one, in UTC, on hovering. */
export const Time = ({ at, relative = false }: { at: string; relative?: boolean }) => (
  <time dateTime={at} title={`${at} (${fromNow(at)})`}>
    {relative ? fromNow(at) : momentOf(at)}
  </time>
)
