import { useState } from "preact/hooks"
import { Badge } from "./Badge.js"
import type { EventDetails } from "./contract.js"
import { Empty, Loading } from "./Empty.js"
import { EventFields } from "./EventFields.js"
import { LinkDialog } from "./LinkDialog.js"
import { ReplayDialog } from "./ReplayDialog.js"
import { hrefOf } from "./route.js"
import { Trouble } from "./Trouble.js"
import { useLive } from "./useLive.js"
import { go } from "./useRoute.js"
import { states, whys } from "./wording.js"

const Carries = ({ event: { carries } }: { event: EventDetails }) => (
  <section class="card" aria-label="What it carries">
    <h2>What it carries</h2>
    {carries.length === 0 ? (
      <p>
        Nothing under any name by which a session could be found. If every event is like this, ask VerifyHuman
        to put a reference into the webhook.
      </p>
    ) : (
      <dl class="fields wide">
        {carries.map(({ name, value }) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {value === null ? (
                <em class="quiet">a token, which is not shown</em>
              ) : (
                <>
                  <code>{value}</code>{" "}
                  <a href={hrefOf("sessions", null, { q: value })} aria-label={`Find sessions by ${value}`}>
                    find
                  </a>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    )}
  </section>
)

interface EventPageProps {
  readonly id: string
  /** Null while it is not known. */
  readonly mayWrite: boolean | null
  readonly onChanged: () => void
}

export const EventPage = ({ id, mayWrite, onChanged }: EventPageProps) => {
  const { again, data: event, trouble } = useLive<EventDetails>(`events/${encodeURIComponent(id)}`)
  const [dialog, setDialog] = useState<"link" | "replay" | null>(null)
  const close = () => setDialog(null)
  const isUnmatched = event?.state === "unmatched"
  return (
    <>
      <p class="back">
        <a href={hrefOf("events", null, isUnmatched ? { state: "unmatched" } : {})}>Events</a>
      </p>
      <Trouble refusal={trouble} />
      {event === null && trouble === null ? <Loading /> : null}
      {event === null && trouble?.code === "event_not_found" ? (
        <Empty title="There is no such event" />
      ) : null}
      {event === null ? null : (
        <>
          <header class="subject">
            <h1>
              {event.provider_status ?? event.type ?? "Event"} <Badge word={event.state} />
            </h1>
            <p>
              <code>{event.id}</code>
            </p>
          </header>
          <section class={`story ${isUnmatched ? "warn" : "quiet"}`} aria-label="What this means">
            <h2>{states[event.state]}</h2>
            {event.why === null ? null : <p>{whys[event.why] ?? event.why.replaceAll("_", " ")}</p>}
            {mayWrite ? (
              <p class="buttons">
                {isUnmatched ? (
                  <button type="button" class="main" onClick={() => setDialog("link")}>
                    Link to a session…
                  </button>
                ) : null}
                <button type="button" onClick={() => setDialog("replay")}>
                  Replay…
                </button>
              </p>
            ) : isUnmatched && mayWrite === false ? (
              <p class="quiet">To link it, sign in with a token that may write.</p>
            ) : null}
          </section>
          <div class="beside">
            <Carries event={event} />
            <EventFields event={event} />
          </div>
          {dialog === "link" ? (
            <LinkDialog
              event={event}
              onClose={close}
              onLinked={(sessionRef) => {
                onChanged()
                go(hrefOf("sessions", sessionRef))
              }}
            />
          ) : null}
          {dialog === "replay" ? (
            <ReplayDialog
              event={event}
              onClose={close}
              onReplayed={() => {
                close()
                again()
                onChanged()
              }}
            />
          ) : null}
        </>
      )}
    </>
  )
}
