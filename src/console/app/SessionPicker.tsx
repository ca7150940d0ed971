import { useEffect, useRef, useState } from "preact/hooks"
import { query } from "./ask.js"
import { Verdict } from "./Badge.js"
import type { EventDetails, Page, Session } from "./contract.js"
import { Loading } from "./Empty.js"
import { isSessionRef } from "./route.js"
import { Time } from "./Time.js"
import { Trouble } from "./Trouble.js"
import { useLive } from "./useLive.js"
import { products } from "./wording.js"

const day = 86_400_000

/** Those that wait for such an event: pending, of its product, and started within the day before it. */
const waiting = ({ product, received_at }: EventDetails) =>
  `sessions${query({
    status: "pending",
    product: product !== null && products.includes(product) ? product : undefined,
    from: new Date(Date.parse(received_at) - day).toISOString(),
    to: received_at,
    limit: "20"
  })}`

/** The sessions of what was typed, however it names them. */
const useFound = (event: EventDetails, words: string) => {
  const isSearching = words !== ""
  const byList = useLive<Page<Session>>(
    !isSearching
      ? waiting(event)
      : isSessionRef(words)
        ? null
        : `sessions${query({ user_id: words, limit: "20" })}`
  )
  const byVerification = useLive<Page<Session>>(
    isSearching && !isSessionRef(words) ? `sessions${query({ verification_id: words, limit: "5" })}` : null
  )
  const byRef = useLive<Session>(isSessionRef(words) ? `sessions/${encodeURIComponent(words)}` : null)
  const found = [...(byRef.data === null ? [] : [byRef.data]), ...(byVerification.data?.items ?? [])]
  const known = new Set(found.map(({ session_ref }) => session_ref))
  return {
    sessions: [...found, ...(byList.data?.items ?? []).filter(({ session_ref }) => !known.has(session_ref))],
    isLoading:
      byList.data === null && byRef.data === null && byList.trouble === null && byRef.trouble === null,
    trouble: byRef.trouble ?? byList.trouble
  }
}

const Candidate = ({
  event,
  onPicked,
  session
}: {
  event: EventDetails
  onPicked: () => void
  session: Session
}) => {
  const isOther = session.product !== event.product
  return (
    <button type="button" class="candidate" disabled={isOther} onClick={onPicked}>
      <strong class="cut">{session.user_id}</strong>
      <Verdict status={session.status} reason={session.reason} />
      <code class="cut">{session.session_ref}</code>
      <span class="when">{isOther ? `is of ${session.product}` : <Time at={session.created_at} />}</span>
    </button>
  )
}

interface SessionPickerProps {
  readonly event: EventDetails
  readonly onPicked: (session: Session) => void
}

export const SessionPicker = ({ event, onPicked }: SessionPickerProps) => {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const [words, setWords] = useState("")
  const { isLoading, sessions, trouble } = useFound(event, words)
  const search = (submitted: SubmitEvent) => {
    submitted.preventDefault()
    setWords(String(new FormData(submitted.currentTarget as HTMLFormElement).get("words")).trim())
  }
  return (
    <>
      <search>
        <form class="find" onSubmit={search}>
          <input
            ref={field}
            type="search"
            name="words"
            aria-label="User, session_ref or verification_id"
            placeholder="User, session_ref or verification_id"
            autocomplete="off"
          />
          <button type="submit">Search</button>
        </form>
      </search>
      <h3>{words === "" ? "Sessions that wait for such a result" : `Found by ${words}`}</h3>
      <Trouble refusal={trouble} />
      {isLoading ? <Loading /> : null}
      {!isLoading && sessions.length === 0 && trouble === null ? (
        <p class="quiet">
          {words === ""
            ? "No pending session of this product was started in the day before. Search for the user."
            : "No session. Users are compared exactly."}
        </p>
      ) : null}
      <ul class="candidates" aria-label="Candidates">
        {sessions.map((session) => (
          <li key={session.session_ref}>
            <Candidate event={event} session={session} onPicked={() => onPicked(session)} />
          </li>
        ))}
      </ul>
    </>
  )
}
