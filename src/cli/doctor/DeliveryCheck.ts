import { judge, type SignatureSetting, toleranceSeconds } from "../../domain/Signature.js"
import { diagnose } from "../../webhooks/Diagnosis.js"
import { type Finding, failed, ok } from "./Finding.js"
import { bodiesOf, type PastedDelivery } from "./PastedDelivery.js"

const check = "signature"

export interface Accepting {
  readonly secrets: ReadonlyArray<string>
  readonly setting: SignatureSetting
}

const matched = (delivery: PastedDelivery, { secrets, setting }: Accepting, now: number): Finding | null => {
  for (const [index, body] of bodiesOf(delivery).entries()) {
    const judgement = judge({ ...delivery, body }, secrets, "either", now)
    if (judgement._tag === "Rejected") continue
    const { scheme, secretIndex, skewSeconds } = judgement
    const trimmed = index === 0 ? "" : ", without the newline at the end of the file"
    const old =
      judgement._tag === "Stale"
        ? `; signed ${Math.abs(skewSeconds)} s ${skewSeconds < 0 ? "ahead of now" : "ago"}, more than the ${toleranceSeconds} s within which it had to arrive`
        : ""
    const message = `secret ${secretIndex + 1} of ${secrets.length} matches, with scheme ${scheme}${trimmed}${old}`
    return setting === "either" || setting === scheme
      ? ok(check, message)
      : failed(check, message, `VERIFYHUMAN_SIGNATURE_SCHEME is ${setting}: set it to ${scheme} or either`)
  }
  return null
}

const whyNot = (delivery: PastedDelivery, { secrets }: Accepting): ReadonlyArray<string> => {
  const found = bodiesOf(delivery).map((body) => diagnose({ ...delivery, body }, secrets))
  return (
    found.find((findings) => findings.some((finding) => finding.endsWith("would match"))) ?? found[0] ?? []
  )
}

/** Which secret and which scheme signed a delivery, or what would have matched. */
export const deliveryFindings = (
  delivery: PastedDelivery,
  accepting: Accepting,
  now: number
): ReadonlyArray<Finding> => {
  if (delivery.signatures > 1) {
    return [failed(check, `its header is there ${delivery.signatures} times`, "the service refuses that")]
  }
  const good = matched(delivery, accepting, now)
  if (good !== null) return [good]
  const { body, promised } = delivery
  const short =
    promised !== null && body.length < promised
      ? [
          failed(
            "body",
            `has ${body.length} bytes, and its content-length says ${promised}`,
            "copy the exact bytes of the whole body"
          )
        ]
      : []
  return [...whyNot(delivery, accepting).map((finding) => failed(check, finding)), ...short]
}
