import type { ComponentChildren } from "preact"
import { anchorOf } from "./anchor.js"
import { Badge, toneOf, Verdict } from "./Badge.js"
import type { Action, Event, Moment as Happening } from "./contract.js"
import { hrefOf } from "./route.js"
import { Time } from "./Time.js"
import { clockOf, lengthOf } from "./timeText.js"
import { counted, models, states, whys } from "./wording.js"

interface MomentProps {
  readonly moment: Happening
  readonly model: string
  readonly day: string | null
  readonly gap: string | null
  /** The event that caused a verdict. */
  readonly cause: Happening | null
  /** The verdict before this one. */
  readonly previous: Happening | null
  /** The type of the action that an attempt belongs to. */
  readonly ofAction: string | null
}

const show = (anchor: string | undefined) => {
  const place = anchor === undefined ? null : document.getElementById(anchor)
  place?.scrollIntoView({ block: "center" })
  place?.focus({ preventScroll: true })
}

const To = ({ anchor, children }: { anchor: string | undefined; children: ComponentChildren }) => (
  <button type="button" class="link" onClick={() => show(anchor)}>
    {children}
  </button>
)

const Called = ({ moment: { details } }: Pick<MomentProps, "moment">) => (
  <>
    <h3>VerifyHuman made its page</h3>
    {typeof details["milliseconds"] === "number" ? (
      <p>It took {lengthOf(details["milliseconds"])}, retries included.</p>
    ) : null}
  </>
)

const Delivered = ({ event }: { event: Event }) => (
  <>
    <h3>
      {event.source === "webhook" ? "Webhook" : "Answer to the poller"}{" "}
      <a href={hrefOf("events", event.id)}>{event.provider_status ?? "without a status"}</a>{" "}
      <Badge word={event.state} />
    </h3>
    <p>{event.why === null ? states[event.state] : (whys[event.why] ?? event.why)}</p>
    <ul class="facts">
      {event.signature_scheme === null ? null : (
        <li>
          signed over <code>{event.signature_scheme}</code> with secret {event.secret}
        </li>
      )}
      {event.copies > 1 ? <li>delivered {event.copies} times</li> : null}
      {event.provider_time === null ? null : (
        <li>
          VerifyHuman's time <Time at={event.provider_time} />
        </li>
      )}
      {event.event_id === null ? null : (
        <li>
          <code>{event.event_id}</code>
        </li>
      )}
    </ul>
  </>
)

const Changed = ({ cause, moment, previous }: Pick<MomentProps, "cause" | "moment" | "previous">) => {
  const reason = moment.details["reason"]
  return (
    <>
      <h3>
        Verdict {previous === null ? "pending" : String(previous.details["status"])}{" "}
        <span aria-hidden="true">→</span>
        <span class="hidden">becomes</span>{" "}
        <Verdict status={String(moment.details["status"])} reason={reason === null ? null : String(reason)} />
      </h3>
      <p>
        {cause === null ? (
          "No event made it: time did."
        ) : (
          <>
            Made by <To anchor={anchorOf(cause)}>the event of {clockOf(cause.at)}</To>.
          </>
        )}
      </p>
    </>
  )
}

const SetInMotion = ({ action }: { action: Action }) => (
  <>
    <h3>
      Action <code>{action.type}</code> <Badge word={action.state} />
    </h3>
    <p>
      {action.attempts === 0 ? "Not attempted yet." : `${counted(action.attempts, "attempt")}.`}{" "}
      {action.next_attempt_at === null ? null : (
        <>
          The next is due <Time at={action.next_attempt_at} />.
        </>
      )}
    </p>
  </>
)

const Attempted = ({ moment, ofAction }: Pick<MomentProps, "moment" | "ofAction">) => {
  const { answer, attempt, result, status } = moment.details
  return (
    <>
      <h3>
        Attempt {String(attempt)}{" "}
        {ofAction === null ? null : <To anchor={`action-${moment.id}`}>{ofAction}</To>}{" "}
        <Badge word={String(result)} />
      </h3>
      <p>{status === null ? "No answer" : `The receiver answered ${status}`}</p>
      {answer ? <pre>{String(answer)}</pre> : null}
    </>
  )
}

const Said = (props: MomentProps) => {
  const { model, moment } = props
  switch (moment.kind) {
    case "start":
      return (
        <>
          <h3>Started</h3>
          <p>The user was sent to VerifyHuman: {models[model]}.</p>
        </>
      )
    case "call":
      return <Called moment={moment} />
    case "operator":
      return (
        <>
          <h3>An operator acted</h3>
          <p>
            {moment.summary}, from {String(moment.details["address"])}.
          </p>
        </>
      )
    case "event":
      return <Delivered event={moment.details as unknown as Event} />
    case "verdict":
      return <Changed {...props} />
    case "action":
      return <SetInMotion action={moment.details as unknown as Action} />
    case "attempt":
      return <Attempted {...props} />
  }
}

/** The detail that says how it went. */
const telling: Readonly<Record<Happening["kind"], string>> = {
  start: "",
  call: "",
  operator: "",
  event: "state",
  verdict: "status",
  action: "state",
  attempt: "result"
}

/** One thing that happened. */
export const Moment = (props: MomentProps) => {
  const { day, gap, moment } = props
  return (
    <li
      class={`moment ${moment.kind} ${toneOf(String(moment.details[telling[moment.kind]]))}`}
      id={anchorOf(moment)}
      tabIndex={-1}
    >
      <div class="when">
        {day === null ? null : <span class="day">{day}</span>}
        <time dateTime={moment.at} title={moment.at}>
          {clockOf(moment.at)}
        </time>
        {gap === null ? null : <span class="gap">{gap}</span>}
      </div>
      <span class="mark" aria-hidden="true" />
      <div class="said">
        <Said {...props} />
      </div>
    </li>
  )
}
