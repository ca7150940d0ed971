import type { Action, Event, Overview, SessionTimeline } from "./contract.js"
import { hrefOf } from "./route.js"
import { momentOf } from "./timeText.js"
import { counted, whys } from "./wording.js"

export type Tone = "good" | "bad" | "warn" | "quiet"

export interface Step {
  readonly text: string
  readonly href?: string
  readonly link?: string
}

/** What there is to say to someone who asks why a session says what it says, and what to do next. */
export interface Explanation {
  readonly tone: Tone
  readonly headline: string
  readonly text: string
  readonly steps: ReadonlyArray<Step>
}

const of = <T>(session: SessionTimeline, kind: "event" | "action"): ReadonlyArray<T> =>
  session.timeline.filter((moment) => moment.kind === kind).map(({ details }) => details as unknown as T)

const told = (actions: ReadonlyArray<Action>): ReadonlyArray<Step> => {
  const last = actions.at(-1)
  if (last === undefined) return []
  switch (last.state) {
    case "delivered":
      return [{ text: "Your own systems have been told." }]
    case "dead":
      return [
        {
          text: "Your own systems were not told: every attempt failed. Mend the receiver, then redrive.",
          href: hrefOf("actions", null, { state: "dead" }),
          link: "Dead actions"
        }
      ]
    case "pending":
      return [
        {
          text:
            last.attempts === 0
              ? "Your own systems are about to be told."
              : `Your own systems have not been told yet, after ${counted(last.attempts, "attempt")}.${
                  last.next_attempt_at === null ? "" : ` The next is due ${momentOf(last.next_attempt_at)}.`
                }`
        }
      ]
  }
}

const elsewhere = (session: SessionTimeline, overview: Overview | null): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  if (overview === null) return steps
  if (overview.rejected_deliveries > 0) {
    steps.push({
      text: `${counted(overview.rejected_deliveries, "delivery was", "deliveries were")} rejected: if the webhook secret is wrong, this session's event may be among them.`,
      href: hrefOf("rejected"),
      link: "See what would have matched"
    })
  }
  if (overview.unmatched_events > 0) {
    steps.push({
      text: `${counted(overview.unmatched_events, "event belongs", "events belong")} to no session: this user's may be among them.`,
      href: hrefOf("events", null, { state: "unmatched" }),
      link: "Look through the unmatched events"
    })
  }
  const refused = overview.poller.refused.find(({ product }) => product === session.product)
  if (session.model === "mobile" && (refused !== undefined || overview.poller.breaker !== "closed")) {
    steps.push({
      text:
        refused === undefined
          ? "VerifyHuman's status endpoint fails, so it is asked less often just now."
          : `VerifyHuman refuses to tell the status of ${session.product}: ${refused.why.replaceAll("_", " ")}.`,
      href: hrefOf("overview"),
      link: "Overview"
    })
  }
  return steps
}

const awaiting = (session: SessionTimeline, overview: Overview | null): Explanation => {
  const kept = of<Event>(session, "event").filter(
    ({ state }) => state === "ignored" || state === "unreadable"
  )
  const last = kept.at(-1)
  const steps = elsewhere(session, overview)
  if (last !== undefined) {
    return {
      tone: "warn",
      headline: "An event came, but it does not count",
      text: whys[last.why ?? ""] ?? `It is ${last.state}.`,
      steps: [{ text: "", href: hrefOf("events", last.id), link: "See the event" }, ...steps]
    }
  }
  return {
    tone: steps.length === 0 ? "quiet" : "warn",
    headline: "VerifyHuman has told nothing about this session",
    text:
      session.model === "mobile"
        ? "VerifyHuman's status endpoint is asked for it, and has told no outcome. If the app gave a wrong id, it never will."
        : "If the user says they are done, their result has not arrived here, or not in a form that can be matched.",
    steps:
      steps.length === 0
        ? [
            {
              text: `Nothing was rejected and nothing is unmatched. Most likely the user has not finished; the session expires ${momentOf(session.expires_at)}.`
            }
          ]
        : steps
  }
}

const failed = (session: SessionTimeline, overview: Overview | null): Explanation => {
  const steps = told(of<Action>(session, "action"))
  if (session.reason === "expired") {
    const isSilent = !of<Event>(session, "event").some(
      ({ state }) => state === "applied" || state === "superseded"
    )
    return {
      tone: "bad",
      headline: "It expired without a result",
      text: isSilent
        ? "No event that counts came in time. A late one still wins: the verdict changes when it arrives."
        : "The review did not end in time. A late result still wins: the verdict changes when it arrives.",
      steps: [...elsewhere(session, overview), ...steps]
    }
  }
  return {
    tone: "bad",
    headline:
      session.reason === "provider_error" ? "VerifyHuman failed to verify" : "VerifyHuman declined the user",
    text: `Its last word was ${session.provider_status ?? "no status"}. The app may start again. A word that should pass goes into VERIFYHUMAN_OUTCOMES; then replay the event.`,
    steps
  }
}

/** Why a session's verdict is what it is, in words. */
export const explain = (session: SessionTimeline, overview: Overview | null): Explanation => {
  if (session.status === "pass") {
    return {
      tone: "good",
      headline: "The user passed",
      text: `VerifyHuman said ${session.provider_status ?? "pass"}, and the app is told so whenever it asks.`,
      steps: told(of<Action>(session, "action"))
    }
  }
  if (session.status === "fail") return failed(session, overview)
  if (session.reason === "in_review") {
    return {
      tone: "warn",
      headline: "A person at VerifyHuman is looking at it",
      text: `VerifyHuman said ${session.provider_status ?? "review"}; the verdict follows when they are done. Nothing is wrong here.`,
      steps: told(of<Action>(session, "action"))
    }
  }
  if (session.reason === "unconfirmable") {
    return {
      tone: "bad",
      headline: "No event can ever be matched to this session",
      text: "It was started with a Flow URL that is the same for every user. Put {session_ref} into VERIFYHUMAN_FLOW_URL if VerifyHuman allows it.",
      steps: elsewhere(session, overview)
    }
  }
  return awaiting(session, overview)
}
