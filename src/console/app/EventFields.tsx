import type { Event } from "./contract.js"
import { Fields } from "./Fields.js"
import { hrefOf } from "./route.js"
import { Time } from "./Time.js"

export const EventFields = ({ event }: { event: Event }) => (
  <section class="card" aria-label="Fields">
    <h2>Fields</h2>
    <Fields
      fields={[
        {
          name: "session",
          value:
            event.session_ref === null ? null : (
              <a href={hrefOf("sessions", event.session_ref)}>
                <code>{event.session_ref}</code>
              </a>
            )
        },
        {
          name: "provider id",
          value: event.event_id,
          ...(event.event_id === null ? {} : { copy: event.event_id })
        },
        { name: "source", value: event.source },
        { name: "type", value: event.type },
        { name: "product", value: event.product },
        { name: "environment", value: event.environment },
        { name: "outcome", value: event.outcome },
        { name: "provider status", value: event.provider_status },
        {
          name: "provider time",
          value: event.provider_time === null ? null : <Time at={event.provider_time} />
        },
        { name: "received", value: <Time at={event.received_at} /> },
        { name: "delivered", value: event.copies === 1 ? "once" : `${event.copies} times` },
        {
          name: "signature",
          value:
            event.signature_scheme === null ? null : `over ${event.signature_scheme}, secret ${event.secret}`
        }
      ]}
    />
  </section>
)
