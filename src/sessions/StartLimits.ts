import type { Context } from "effect"
import type { StartLimits } from "../domain/StartLimits.js"
import type { SessionPolicy } from "./SessionPolicy.js"

/** Failed starts have a limit of their own, this many times as high (contract section 2). */
const failedStartsFactor = 10

export const startLimits = ({ startLimit }: Context.Tag.Service<SessionPolicy>): StartLimits => ({
  windowMillis: startLimit.windowMillis,
  opened: startLimit.count,
  failed: startLimit.count * failedStartsFactor
})
