import { useState } from "preact/hooks"
import { Verdict } from "./Badge.js"
import type { Event, EventDetails, Session } from "./contract.js"
import { Dialog } from "./Dialog.js"
import { SessionPicker } from "./SessionPicker.js"
import { Time } from "./Time.js"
import { Trouble } from "./Trouble.js"
import { useWrite } from "./useWrite.js"

interface LinkDialogProps {
  readonly event: EventDetails
  readonly onClose: () => void
  readonly onLinked: (sessionRef: string) => void
}

const Confirming = ({
  event,
  onBack,
  onLinked,
  session
}: Pick<LinkDialogProps, "event" | "onLinked"> & { session: Session; onBack: () => void }) => {
  const { isUnderWay, refusal, run } = useWrite<Event>(() => onLinked(session.session_ref))
  return (
    <>
      <dl class="fields">
        <div>
          <dt>event</dt>
          <dd>
            <strong>{event.provider_status ?? "without a status"}</strong>, received{" "}
            <Time at={event.received_at} />
          </dd>
        </div>
        <div>
          <dt>user</dt>
          <dd>
            <strong>{session.user_id}</strong>
          </dd>
        </div>
        <div>
          <dt>session</dt>
          <dd>
            <code>{session.session_ref}</code> <Verdict status={session.status} reason={session.reason} />
          </dd>
        </div>
        <div>
          <dt>started</dt>
          <dd>
            <Time at={session.created_at} />
          </dd>
        </div>
      </dl>
      <p class="notice">
        The event then counts for this session, and the app and your own systems are told. A link cannot be
        taken back; it is audited.
      </p>
      <Trouble refusal={refusal} />
      <p class="buttons">
        <button
          type="button"
          class="main"
          disabled={isUnderWay}
          onClick={() =>
            run(`events/${encodeURIComponent(event.id)}/link`, { session_ref: session.session_ref })
          }
        >
          Link
        </button>
        <button type="button" onClick={onBack}>
          Choose another
        </button>
      </p>
    </>
  )
}

/** Finds the session that an unmatched event belongs to, and asks before it is given to it. */
export const LinkDialog = ({ event, onClose, onLinked }: LinkDialogProps) => {
  const [session, setSession] = useState<Session | null>(null)
  return (
    <Dialog
      title={session === null ? "Whose event is it?" : "Link the event to this session?"}
      onClose={onClose}
    >
      {session === null ? (
        <SessionPicker event={event} onPicked={setSession} />
      ) : (
        <Confirming event={event} session={session} onBack={() => setSession(null)} onLinked={onLinked} />
      )}
    </Dialog>
  )
}
