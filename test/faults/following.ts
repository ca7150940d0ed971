import { Effect } from "effect"
import { aConnection, head } from "../http/connection.js"
import type { ANode } from "./node.js"
import type { ASession } from "./requests.js"

export const isPassed = /event: status\ndata: [^\n]*"status":"pass"/

/** A phone that follows its session by the stream, and knows how it stands. */
export const aPhoneThatFollows = ({ url }: ANode, { sessionRef, user }: ASession) =>
  Effect.gen(function* () {
    const connection = yield* aConnection(Number(new URL(url).port))
    const path = `/api/verify-status/stream?session_ref=${sessionRef}`
    yield* connection.send(head({ method: "GET", path, headers: user }))
    yield* connection.until(/event: status/)
    return connection
  })
