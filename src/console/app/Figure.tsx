import type { Tone } from "./explain.js"

interface FigureProps {
  readonly name: string
  readonly value: number
  /** How it looks when there is any. */
  readonly tone: Tone
  readonly href: string
  readonly good: string
  readonly bad: string
}

/** One number, and what it means. */
export const Figure = ({ bad, good, href, name, tone, value }: FigureProps) => (
  <a class={`figure ${value === 0 ? "good" : tone}`} href={href}>
    <span class="name">{name}</span>
    <span class="value">{value >= 10_000 ? "10,000+" : value.toLocaleString("en")}</span>
    <span class="meaning">{value === 0 ? good : bad}</span>
  </a>
)
