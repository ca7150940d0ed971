import { useEffect, useState } from "preact/hooks"
import { type Pulse, watchPulse } from "./pulse.js"
import { clockOf } from "./timeText.js"

/** Whether what is shown is current. */
export const Updated = () => {
  const [pulse, setPulse] = useState<Pulse | null>(null)
  useEffect(() => watchPulse(setPulse), [])
  if (pulse === null) return null
  const at = clockOf(new Date(pulse.at).toISOString())
  // A single address that knows no answer does not make the rest of the console stale.
  const isStale = pulse.trouble !== null && (pulse.trouble.status === 0 || pulse.trouble.status >= 500)
  return isStale ? (
    <p class="updated stale" role="status">
      Not current since {at}: {pulse.trouble?.title}
    </p>
  ) : (
    <p class="updated">
      <span class="live" /> Live
      <span class="since"> · {at}</span>
    </p>
  )
}
