import { Badge } from "./Badge.js"
import type { Overview as Figures, Trends } from "./contract.js"
import { Empty, Loading } from "./Empty.js"
import { Failures } from "./Failures.js"
import { Figure } from "./Figure.js"
import { Plots } from "./Plots.js"
import { hrefOf } from "./route.js"
import { Time } from "./Time.js"
import { Trouble } from "./Trouble.js"
import { useLive } from "./useLive.js"

const breakers: Readonly<Record<Figures["poller"]["breaker"], string>> = {
  closed: "VerifyHuman's status endpoint answers.",
  open: "VerifyHuman's status endpoint fails; it is left alone for a while.",
  half_open: "VerifyHuman's status endpoint is being tried again."
}

const Poller = ({ poller }: { poller: Figures["poller"] }) => (
  <section class="card poller" aria-label="Status poller">
    <h2>
      Status poller <Badge word={poller.breaker} />
    </h2>
    <p>{breakers[poller.breaker]}</p>
    {poller.refused.map(({ probe_at, product, why }) => (
      <p key={product} class="refused">
        <strong>{product}</strong> is refused: {why.replaceAll("_", " ")}. Tried again{" "}
        <Time at={probe_at} relative />.
      </p>
    ))}
  </section>
)

export const Overview = ({ figures }: { figures: Figures | null }) => {
  const { data: trends, trouble } = useLive<Trends>("trends", 10_000)
  return (
    <>
      <h1>Overview</h1>
      <Trouble refusal={trouble} />
      {figures === null ? (
        <Loading />
      ) : (
        <div class="figures">
          <Figure
            name="Unmatched events"
            value={figures.unmatched_events}
            tone="warn"
            href={hrefOf("events", null, { state: "unmatched" })}
            good="Every event found its session"
            bad="Results that belong to no session"
          />
          <Figure
            name="Expired without event"
            value={figures.expired_without_event}
            tone="warn"
            href={hrefOf("sessions", null, { status: "fail", reason: "expired" })}
            good="None of the last 1,000 expired"
            bad="Of the last 1,000 that expired"
          />
          <Figure
            name="Rejected deliveries"
            value={figures.rejected_deliveries}
            tone="bad"
            href={hrefOf("rejected")}
            good="Every signature was right"
            bad="See which secret would have matched"
          />
          <Figure
            name="Dead actions"
            value={figures.dead_actions}
            tone="bad"
            href={hrefOf("actions", null, { state: "dead" })}
            good="Your systems have every verdict"
            bad="Verdicts that were given up"
          />
          <Figure
            name="Pending actions"
            value={figures.pending_actions}
            tone="quiet"
            href={hrefOf("actions", null, { state: "pending" })}
            good="Nothing waits for delivery"
            bad="On their way to your systems"
          />
        </div>
      )}
      {figures === null ? null : <Failures failures={figures.failures} />}
      {trends === null ? null : trends.items.length < 2 ? (
        <Empty title="The plots begin soon">
          <p>This process takes a reading every 10 seconds, and has just begun.</p>
        </Empty>
      ) : (
        <section aria-label="The last two hours">
          <h2 class="over">
            The last two hours <small>of the process that answers</small>
          </h2>
          <Plots trends={trends.items} />
        </section>
      )}
      {figures === null ? null : <Poller poller={figures.poller} />}
    </>
  )
}
