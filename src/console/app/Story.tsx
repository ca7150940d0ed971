import type { Explanation } from "./explain.js"

/** The answer to whoever asks about the session, and what to do next. */
export const Story = ({ explanation: { headline, steps, text, tone } }: { explanation: Explanation }) => (
  <section class={`story ${tone}`} aria-label="What this means">
    <h2>{headline}</h2>
    <p>{text}</p>
    {steps.length === 0 ? null : (
      <ul>
        {steps.map(({ href, link, text }) => (
          <li key={text + link}>
            {text} {href === undefined ? null : <a href={href}>{link}</a>}
          </li>
        ))}
      </ul>
    )}
  </section>
)
