import type { Refused } from "./ask.js"

/** What went wrong, in the service's words. */
export const Trouble = ({ refusal }: { refusal: Refused | null }) =>
  refusal === null ? null : (
    <div class="trouble" role="alert">
      <strong>{refusal.title}</strong> <code>{refusal.code}</code>
      {refusal.detail === undefined ? null : <p>{refusal.detail}</p>}
    </div>
  )
