import { query } from "./ask.js"
import { Badge } from "./Badge.js"
import type { Event } from "./contract.js"
import { Empty } from "./Empty.js"
import { Listing } from "./Listing.js"
import { hrefOf } from "./route.js"
import { Tabs } from "./Tabs.js"
import { Time } from "./Time.js"
import { useList } from "./useList.js"

const idOf = ({ id }: Event) => id

const EventRow = ({ event }: { event: Event }) => (
  <a class="row" href={hrefOf("events", event.id)}>
    <span>
      <Badge word={event.state} />
    </span>
    <strong class="cut">{event.provider_status ?? event.type ?? "no status"}</strong>
    <span class="cut">{event.product ?? "no product"}</span>
    <span class="cut quiet">{event.why?.replaceAll("_", " ") ?? event.session_ref ?? ""}</span>
    <span class="when">
      <Time at={event.received_at} />
    </span>
  </a>
)

const nothing: Readonly<Record<string, readonly [title: string, text: string]>> = {
  unmatched: ["No event is unmatched", "Every result that VerifyHuman sent found its session."],
  ignored: ["No event was ignored", "Everything that came was of this environment and of the right product."],
  unreadable: ["No event is unreadable", "Every signed body was a JSON object."],
  superseded: ["No event is superseded", "No session got a second result that lost against the first."]
}

const NoEvents = ({ state }: { state: string | undefined }) => {
  const [title, text] = nothing[state ?? ""] ?? [
    "No events yet",
    "Register this service's /api/webhooks/verifyhuman in VerifyHuman's dashboard and press its test button: the ping appears here."
  ]
  return (
    <Empty title={title}>
      <p>{text}</p>
    </Empty>
  )
}

export const Events = ({ search: { state } }: { search: Readonly<Record<string, string>> }) => {
  const list = useList<Event>(`events${query({ state })}`, idOf)
  return (
    <>
      <h1>Events</h1>
      <Tabs
        view="events"
        current={state}
        states={["unmatched", "applied", "superseded", "ignored", "unreadable"]}
      />
      {state === "unmatched" && list.items?.length ? (
        <p class="lead">
          Signed results that carry nothing by which their session could be found. Open one to see what it
          carries and to give it to a session.
        </p>
      ) : null}
      <Listing
        list={list}
        kind="events"
        label="Events"
        columns={["State", "Status", "Product", "Why, or session", "Received"]}
        idOf={idOf}
        row={(event) => <EventRow event={event} />}
        empty={<NoEvents state={state} />}
      />
    </>
  )
}
