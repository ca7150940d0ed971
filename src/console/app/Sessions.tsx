import { query } from "./ask.js"
import { Verdict } from "./Badge.js"
import type { Page, Session } from "./contract.js"
import { Empty } from "./Empty.js"
import { Listing } from "./Listing.js"
import { periodOf } from "./period.js"
import { hrefOf } from "./route.js"
import { SessionFilters } from "./SessionFilters.js"
import { Time } from "./Time.js"
import { useList } from "./useList.js"
import { useLive } from "./useLive.js"

const idOf = ({ session_ref }: Session) => session_ref

const SessionRow = ({ session }: { session: Session }) => (
  <a class="row" href={hrefOf("sessions", session.session_ref)}>
    <span>
      <Verdict status={session.status} reason={session.reason} />
    </span>
    <strong class="cut">{session.user_id}</strong>
    <span>{session.product}</span>
    <code class="cut">{session.session_ref}</code>
    <span class="when">
      <Time at={session.created_at} />
    </span>
  </a>
)

const NoSessions = ({ isFiltered }: { isFiltered: boolean }) =>
  isFiltered ? (
    <Empty title="No session fits">
      <p>Take a filter away, or ask the user which account they used: the user is compared exactly.</p>
      <p>
        <a href={hrefOf("sessions")}>Show all sessions</a>
      </p>
    </Empty>
  ) : (
    <Empty title="No sessions yet">
      <p>
        A session begins when the app calls <code>POST /api/start-verification</code>. It then appears here
        within seconds.
      </p>
    </Empty>
  )

export const Sessions = ({ search }: { search: Readonly<Record<string, string>> }) => {
  const { product, q, reason, status } = search
  const filters = { product, reason, status, from: periodOf(search["period"]) }
  const list = useList<Session>(`sessions${query({ ...filters, user_id: q })}`, idOf)
  const verified = useLive<Page<Session>>(
    q === undefined ? null : `sessions${query({ ...filters, verification_id: q, limit: "5" })}`
  )
  const others = (verified.data?.items ?? []).filter(
    (session) => !(list.items ?? []).some((known) => idOf(known) === idOf(session))
  )
  const shown = { ...list, items: list.items === null ? null : [...others, ...list.items] }

  return (
    <>
      <h1>Sessions</h1>
      {q === undefined ? null : (
        <p class="searched">
          Of user or verification <strong>{q}</strong>
          <a href={hrefOf("sessions", null, { ...search, q: undefined })}>Clear</a>
        </p>
      )}
      <SessionFilters search={search} />
      <Listing
        list={shown}
        kind="sessions"
        label="Sessions"
        columns={["Verdict", "User", "Product", "Session", "Started"]}
        idOf={idOf}
        row={(session) => <SessionRow session={session} />}
        empty={<NoSessions isFiltered={Object.keys(search).length > 0} />}
      />
    </>
  )
}
