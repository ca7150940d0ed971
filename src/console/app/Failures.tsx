import type { Overview } from "./contract.js"
import { Time } from "./Time.js"
import { counted } from "./wording.js"

/** What the service could not do, and what to do about it. */
export const Failures = ({ failures }: Pick<Overview, "failures">) =>
  failures.length === 0 ? null : (
    <section class="card failures" aria-label="Failed requests">
      <h2>Failed requests</h2>
      <ul>
        {failures.map(({ advice, code, count, last_at, title }) => (
          <li key={code}>
            <strong>{title}</strong>: {counted(count, "request")} in two hours, the last{" "}
            <Time at={last_at} relative />. <span class="advice">What to do: {advice}.</span>{" "}
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </section>
  )
