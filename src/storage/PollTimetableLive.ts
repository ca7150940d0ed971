import { Effect, Layer } from "effect"
import { PollTimetable } from "../polling/PollTimetable.js"
import { Tables } from "./Tables.js"

/** The poller's timetable over any `Tables`. */
export const pollTimetableLayer: Layer.Layer<PollTimetable, never, Tables> = Layer.effect(
  PollTimetable,
  Effect.map(Tables, ({ polls }) => ({ claim: polls.claim, reschedule: polls.reschedule }))
)
