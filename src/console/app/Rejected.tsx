import type { Page, RejectedDelivery } from "./contract.js"
import { Empty, Loading } from "./Empty.js"
import { Time } from "./Time.js"
import { Trouble } from "./Trouble.js"
import { useLive } from "./useLive.js"
import { counted, rejections } from "./wording.js"

const wouldMatch = (finding: string) => finding.endsWith("would match")

const adviceOn = ({ diagnosis, reason }: RejectedDelivery): string | null => {
  if (reason === "stale")
    return "Its signature was right, but older than five minutes. It is kept as an ignored event and can be replayed."
  if (diagnosis.some(wouldMatch))
    return "Set VERIFYHUMAN_WEBHOOK_SECRETS or VERIFYHUMAN_SIGNATURE_SCHEME to that form; VerifyHuman tries again by itself."
  if (reason === "wrong")
    return "If it came from VerifyHuman, compare the secret in its dashboard with VERIFYHUMAN_WEBHOOK_SECRETS."
  return null
}

const Delivery = ({ delivery }: { delivery: RejectedDelivery }) => {
  const advice = adviceOn(delivery)
  return (
    <li class="delivery">
      <p>
        <span class="badge bad">{rejections[delivery.reason] ?? delivery.reason}</span>{" "}
        <Time at={delivery.at} /> <span class="quiet">{counted(delivery.bytes, "byte")}</span>
      </p>
      <ul class="diagnosis">
        {delivery.diagnosis.map((finding) => (
          <li key={finding} class={wouldMatch(finding) ? "match" : ""}>
            {finding}
          </li>
        ))}
      </ul>
      {advice === null ? null : <p class="advice">{advice}</p>}
    </li>
  )
}

export const Rejected = () => {
  const { data, trouble } = useLive<Page<RejectedDelivery>>("rejected-deliveries")
  return (
    <>
      <h1>Rejected deliveries</h1>
      <p class="lead">
        Webhooks whose signature was not accepted: the last hundred, and what would have matched. Nothing of
        them is believed, and their senders learn nothing.
      </p>
      <Trouble refusal={trouble} />
      {data === null && trouble === null ? <Loading /> : null}
      {data?.items.length === 0 ? (
        <Empty title="No delivery was rejected">
          <p>Every webhook that came was signed as it should be.</p>
        </Empty>
      ) : null}
      <ul class="deliveries" aria-label="Rejected deliveries">
        {(data?.items ?? []).map((delivery, index) => (
          <Delivery key={`${delivery.at} ${index}`} delivery={delivery} />
        ))}
      </ul>
    </>
  )
}
