import { useEffect, useRef } from "preact/hooks"
import { Actions } from "./Actions.js"
import { Audit } from "./Audit.js"
import type { Overview as Figures } from "./contract.js"
import { EventPage } from "./EventPage.js"
import { Events } from "./Events.js"
import { Header } from "./Header.js"
import { Overview } from "./Overview.js"
import { Rejected } from "./Rejected.js"
import type { Route } from "./route.js"
import { SessionPage } from "./SessionPage.js"
import { Sessions } from "./Sessions.js"
import { Sidebar } from "./Sidebar.js"
import { useLive } from "./useLive.js"
import { useRoute } from "./useRoute.js"

const titles: Readonly<Record<Route["view"], string>> = {
  overview: "Overview",
  sessions: "Sessions",
  events: "Events",
  rejected: "Rejected deliveries",
  actions: "Actions",
  audit: "Audit"
}

const Shown = ({ figures, again, route }: { figures: Figures | null; again: () => void; route: Route }) => {
  const mayWrite = figures?.may_write ?? null
  switch (route.view) {
    case "overview":
      return <Overview figures={figures} />
    case "sessions":
      return route.id === null ? (
        <Sessions search={route.search} />
      ) : (
        <SessionPage key={route.id} sessionRef={route.id} figures={figures} />
      )
    case "events":
      return route.id === null ? (
        <Events search={route.search} />
      ) : (
        <EventPage key={route.id} id={route.id} mayWrite={mayWrite} onChanged={again} />
      )
    case "rejected":
      return <Rejected />
    case "actions":
      return <Actions search={route.search} mayWrite={mayWrite} onChanged={again} />
    case "audit":
      return <Audit />
  }
}

/** The console of someone who is signed in. */
export const Console = ({ onSignedOut }: { onSignedOut: () => void }) => {
  const route = useRoute()
  const isFirst = useRef(true)
  const { again, data: figures } = useLive<Figures>("overview")

  useEffect(() => {
    document.title = `${titles[route.view]} · verifyhuman-dropin`
    scrollTo(0, 0)
    if (!isFirst.current) document.getElementById("content")?.focus({ preventScroll: true })
    isFirst.current = false
  }, [route.view, route.id])

  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>
        To the content
      </button>
      <Header isReadOnly={figures?.may_write === false} onSignedOut={onSignedOut} />
      <Sidebar view={route.view} figures={figures} />
      <main id="content" tabIndex={-1}>
        <Shown figures={figures} again={again} route={route} />
      </main>
    </div>
  )
}
