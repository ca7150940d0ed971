import { assert } from "@effect/vitest"
import type { Action, ActionMessage } from "../../src/domain/Action.js"
import type { Model, ModelAction } from "./Model.js"

const typeOf = (action: ModelAction): string =>
  ({ pass: "verification.passed", expired: "verification.expired", in_review: "verification.in_review" })[
    action.verdict as string
  ] ?? "verification.failed"

/** The team's system: holds what it is sent against what the verdicts set in motion. */
export const makeReceiver = (model: Model) => {
  const received = new Set<ModelAction>()
  const everDead = new Set<ModelAction>()

  const find = (action: Action): ModelAction => {
    const found = model.actions.find(
      ({ sequence, session }) => session === action.sessionRef && sequence === action.sequence
    )
    return found ?? assert.fail(`no verdict asked for action ${action.sessionRef} ${action.sequence}`)
  }

  return {
    find,
    died: (action: ModelAction) => void everDead.add(action),
    receive: (sentAction: Action) => {
      const action = find(sentAction)
      const { data, type }: Omit<ActionMessage, "id"> = JSON.parse(sentAction.payload)
      const session = model.sessions.get(action.session)
      assert.strictEqual(type, typeOf(action))
      assert.strictEqual(data.session_ref, action.session)
      assert.strictEqual(data.user_id, session?.user)
      assert.strictEqual(data.product, session?.product)
      assert.strictEqual(data.environment, "test")
      assert.strictEqual(data.reason ?? data.status, action.verdict)
      assert.strictEqual(data.sequence, action.sequence)
      for (const before of model.actions) {
        if (before.session !== action.session || before.sequence >= action.sequence) continue
        assert.isTrue(received.has(before) || everDead.has(before), "an action overtook another")
      }
      received.add(action)
    },
    assertComplete: () => {
      for (const action of model.actions) {
        assert.isTrue(received.has(action), `never received: ${action.session} ${action.sequence}`)
      }
    }
  }
}
