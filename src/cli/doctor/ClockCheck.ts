import { toleranceSeconds } from "../../domain/Signature.js"
import { type Finding, failed, ok, skipped, warning } from "./Finding.js"
import type { Seen } from "./Looking.js"

const check = "clock"
const noticeable = 30

/** This machine's clock against the one that differs most: signed timestamps are compared with it. */
export const clockFinding = (
  others: ReadonlyArray<{ readonly who: string; readonly seen: Seen | null }>
): Finding => {
  const [worst] = others
    .flatMap(({ seen, who }) => (seen?.aheadSeconds == null ? [] : [{ who, ahead: seen.aheadSeconds }]))
    .sort((a, b) => Math.abs(b.ahead) - Math.abs(a.ahead))
  if (worst === undefined) return skipped(check, "nobody answered whose clock could be compared")
  const apart = Math.abs(worst.ahead)
  const message = `this machine's is ${apart} s ${worst.ahead < 0 ? "behind" : "ahead of"} that of ${worst.who}`
  if (apart > toleranceSeconds) {
    return failed(check, message, "set both by NTP: signed webhooks are refused as too old or too new")
  }
  if (apart > noticeable) return warning(check, message, "set both by NTP")
  return ok(check, `agrees with that of ${worst.who}`)
}
