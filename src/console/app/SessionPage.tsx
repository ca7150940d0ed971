import { Verdict } from "./Badge.js"
import { Copy } from "./Copy.js"
import type { Overview, SessionTimeline } from "./contract.js"
import { Empty, Loading } from "./Empty.js"
import { explain } from "./explain.js"
import { Fields } from "./Fields.js"
import { hrefOf } from "./route.js"
import { Story } from "./Story.js"
import { Time } from "./Time.js"
import { Timeline } from "./Timeline.js"
import { Trouble } from "./Trouble.js"
import { useLive } from "./useLive.js"
import { models } from "./wording.js"

const SessionFields = ({ session }: { session: SessionTimeline }) => (
  <section class="card" aria-label="Fields">
    <h2>Fields</h2>
    <Fields
      fields={[
        { name: "session_ref", value: <code>{session.session_ref}</code>, copy: session.session_ref },
        {
          name: "user",
          value: <a href={hrefOf("sessions", null, { q: session.user_id })}>{session.user_id}</a>,
          copy: session.user_id
        },
        { name: "product", value: session.product },
        { name: "environment", value: session.environment },
        { name: "reached by", value: models[session.model] },
        { name: "reference", value: session.reference },
        { name: "provider status", value: session.provider_status },
        { name: "open", value: session.open ? "yes: a start hands it out again" : "no" },
        { name: "verdict changes", value: session.sequence },
        { name: "started", value: <Time at={session.created_at} /> },
        { name: "updated", value: <Time at={session.updated_at} /> },
        { name: "decided", value: session.decided_at === null ? null : <Time at={session.decided_at} /> },
        { name: "expires", value: session.expired_at === null ? <Time at={session.expires_at} /> : null },
        { name: "expired", value: session.expired_at === null ? null : <Time at={session.expired_at} /> }
      ]}
    />
  </section>
)

export const SessionPage = ({ figures, sessionRef }: { figures: Overview | null; sessionRef: string }) => {
  const { data: session, trouble } = useLive<SessionTimeline>(`sessions/${encodeURIComponent(sessionRef)}`)
  return (
    <>
      <p class="back">
        <a href={hrefOf("sessions")}>Sessions</a>
      </p>
      <Trouble refusal={trouble} />
      {session === null && trouble?.code === "session_not_found" ? (
        <Empty title="There is no such session">
          <p>
            A <code>session_ref</code> begins with <code>vs_</code> and is given to the app by{" "}
            <code>POST /api/start-verification</code>. If you know only the user, search for the user.
          </p>
        </Empty>
      ) : null}
      {session === null && trouble === null ? <Loading /> : null}
      {session === null ? null : (
        <>
          <header class="subject">
            <h1>
              {session.user_id} <Verdict status={session.status} reason={session.reason} />
            </h1>
            <p>
              <code>{session.session_ref}</code>
              <Copy text={session.session_ref} name="session_ref from the title" />
            </p>
          </header>
          <Story explanation={explain(session, figures)} />
          <div class="beside">
            <Timeline session={session} />
            <SessionFields session={session} />
          </div>
        </>
      )}
    </>
  )
}
