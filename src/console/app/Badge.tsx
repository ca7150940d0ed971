import type { Tone } from "./explain.js"
import { reasons } from "./wording.js"

const tones: Readonly<Record<string, Tone>> = {
  pass: "good",
  applied: "good",
  delivered: "good",
  closed: "good",
  fail: "bad",
  dead: "bad",
  unreadable: "bad",
  open: "bad",
  gone: "bad",
  failed: "bad",
  pending: "warn",
  unmatched: "warn",
  half_open: "warn"
}

export const toneOf = (word: string): Tone => tones[word] ?? "quiet"

export const Badge = ({ word }: { word: string }) => (
  <span class={`badge ${toneOf(word)}`}>{word.replaceAll("_", " ")}</span>
)

/** A verdict: the status, and its reason where it has one. */
export const Verdict = ({ status, reason }: { status: string; reason: string | null }) => (
  <span class={`badge ${toneOf(status)}`}>
    {status}
    {reason === null ? null : <span class="because"> {reasons[reason] ?? reason}</span>}
  </span>
)
