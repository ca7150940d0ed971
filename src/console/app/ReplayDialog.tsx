import type { Event } from "./contract.js"
import { Dialog } from "./Dialog.js"
import { Trouble } from "./Trouble.js"
import { useWrite } from "./useWrite.js"

interface ReplayDialogProps {
  readonly event: Event
  readonly onClose: () => void
  readonly onReplayed: () => void
}

export const ReplayDialog = ({ event, onClose, onReplayed }: ReplayDialogProps) => {
  const { isUnderWay, refusal, run } = useWrite<Event>(onReplayed)
  return (
    <Dialog title="Replay this event?" onClose={onClose}>
      <p>
        It is taken in once more, as it is read today
        {event.why === "stale" ? ", though it came too late" : ""}. If it then decides a session, your own
        systems are told. The replay is audited.
      </p>
      <Trouble refusal={refusal} />
      <p class="buttons">
        <button
          type="button"
          class="main"
          disabled={isUnderWay}
          onClick={() => run(`events/${encodeURIComponent(event.id)}/replay`)}
        >
          Replay
        </button>
      </p>
    </Dialog>
  )
}
