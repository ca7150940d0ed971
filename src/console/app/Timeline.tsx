import type { Moment as Happening, SessionTimeline } from "./contract.js"
import { Moment } from "./Moment.js"
import { dayOf, lengthOf } from "./timeText.js"

const isOfEvent = (kind: string) => kind === "event" || kind === "start" || kind === "call"

const gapBefore = (moments: ReadonlyArray<Happening>, index: number): string | null => {
  const [before, now] = [moments[index - 1], moments[index]]
  if (before === undefined || now === undefined) return null
  const gap = Date.parse(now.at) - Date.parse(before.at)
  return gap < 1 ? null : `+${lengthOf(gap)}`
}

/** All that happened to a session, from top to bottom. */
export const Timeline = ({ session }: { session: SessionTimeline }) => {
  const { timeline } = session
  const actionTypes = new Map(
    timeline.filter(({ kind }) => kind === "action").map(({ details, id }) => [id, String(details["type"])])
  )
  const verdicts = timeline.filter(({ kind }) => kind === "verdict")
  const previousOf = (moment: Happening) => verdicts[verdicts.indexOf(moment) - 1] ?? null
  const eventOf = (moment: Happening) =>
    timeline.find(({ id, kind }) => kind === "event" && id !== null && id === moment.details["event"]) ?? null
  return (
    <section class="card timeline" aria-label="Timeline">
      <h2>Timeline</h2>
      <ol>
        {timeline.map((moment, index) => (
          <Moment
            key={`${moment.kind}-${moment.id}-${moment.at}-${moment.summary}`}
            moment={moment}
            model={session.model}
            day={
              index === 0 || dayOf(moment.at) !== dayOf(timeline[index - 1]?.at ?? "")
                ? dayOf(moment.at)
                : null
            }
            gap={gapBefore(timeline, index)}
            cause={moment.kind === "verdict" ? eventOf(moment) : null}
            previous={moment.kind === "verdict" ? previousOf(moment) : null}
            ofAction={actionTypes.get(moment.id) ?? null}
          />
        ))}
        {timeline.some(({ kind }) => !isOfEvent(kind)) || session.status !== "pending" ? null : (
          <li class="moment waiting">
            <span class="mark" aria-hidden="true" />
            <div class="said">
              <p>Waiting for VerifyHuman.</p>
            </div>
          </li>
        )}
      </ol>
    </section>
  )
}
