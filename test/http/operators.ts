import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { Outbox } from "../../src/actions/Outbox.js"
import type { ActionAttempt } from "../../src/domain/Action.js"
import { aBody, type EventFields, unique } from "../suites/fixtures.js"
import { adminToken, ask, deliver, post, readToken } from "./harness.js"
import { aStartedSession } from "./requests.js"

export const operator = { authorization: `Bearer ${adminToken}` }
export const reader = { authorization: `Bearer ${readToken}` }

/** What operators read. */
export const reads = [
  ...["overview", "trends", "sessions", "sessions/vs_none", "events", "events/ev_none"],
  ...["rejected-deliveries", "actions", "audit"]
].map((path) => `/api/admin/${path}`)

/** What a read token asks for: everything that can be seen can be seen with it. */
export const read = (path: string) => ask(`/api/admin/${path}`, { headers: reader })
export const write = (path: string, body?: unknown) => post(`/api/admin/${path}`, operator, body)

export const timelineOf = Effect.fnUntraced(function* (sessionRef: string) {
  const answer = yield* read(`sessions/${sessionRef}`)
  assert.strictEqual(answer.status, 200, answer.text)
  return answer.json
})

/** All of a list, page by page. */
export const everything = Effect.fnUntraced(function* (path: string, limit = 100) {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the wire holds
  const items: Array<any> = []
  let cursor = ""
  do {
    const page = yield* read(`${path}${path.includes("?") ? "&" : "?"}limit=${limit}${cursor}`)
    assert.strictEqual(page.status, 200, page.text)
    assert.sameMembers(Object.keys(page.json), ["items", "next_cursor"])
    assert.isAtMost(page.json.items.length, limit)
    items.push(...page.json.items)
    cursor = page.json.next_cursor === null ? "" : `&cursor=${page.json.next_cursor}`
  } while (cursor !== "")
  return items
})

/** An event that was delivered, as an operator sees it. */
export const delivered = Effect.fnUntraced(function* (fields: EventFields) {
  const id = unique("evt-")
  const answer = yield* deliver(aBody({ ...fields, id }))
  assert.strictEqual(answer.status, 200, answer.text)
  const event = (yield* everything("events")).find(({ event_id }) => event_id === id)
  assert.isDefined(event)
  return event
})

/** A worker's attempts at the first due action of a session, the last of which ends as `end`. */
export const attempted = Effect.fnUntraced(function* (
  sessionRef: string,
  end: "delivered" | "dead",
  results: ReadonlyArray<ActionAttempt["result"]>
) {
  const outbox = yield* Outbox
  for (const [index, result] of results.entries()) {
    const now = Date.now()
    const due = yield* outbox.claim(now, now, 1000)
    const action = due.find((action) => action.sessionRef === sessionRef)
    if (action === undefined) return assert.fail("no action is due")
    const isLast = index === results.length - 1
    yield* outbox.record(
      action,
      { actionId: action.id, attempt: action.attempts, at: now, result, status: 500, answer: "not now" },
      { state: isLast ? end : "pending", nextAttemptAt: now, finishedAt: isLast ? now : null }
    )
  }
})

/** A session that passed, and whose action was given up. */
export const aDeadAction = Effect.gen(function* () {
  const session = yield* aStartedSession
  yield* deliver(aBody({ token: session.token }))
  yield* attempted(session.sessionRef, "dead", ["failed"])
  const [action] = (yield* everything("actions?state=dead")).filter(
    ({ session_ref }) => session_ref === session.sessionRef
  )
  assert.isDefined(action)
  return { ...session, action }
})
