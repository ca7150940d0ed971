import { useState } from "preact/hooks"
import { query } from "./ask.js"
import { Badge } from "./Badge.js"
import type { Action } from "./contract.js"
import { Empty } from "./Empty.js"
import { Listing } from "./Listing.js"
import { Redriving } from "./Redriving.js"
import { hrefOf } from "./route.js"
import { Tabs } from "./Tabs.js"
import { Time } from "./Time.js"
import { useList } from "./useList.js"
import { counted } from "./wording.js"

const idOf = ({ id }: Action) => id

const nameOf = ({ session_ref, type }: Action) => `${type} of ${session_ref}`

interface ActionRowProps {
  readonly action: Action
  readonly isSelected: boolean
  /** Null where nothing can be selected. */
  readonly onSelected: ((isSelected: boolean) => void) | null
}

const ActionRow = ({ action, isSelected, onSelected }: ActionRowProps) => (
  <div class={onSelected === null ? "choosable none" : "choosable"}>
    {onSelected === null ? null : (
      <input
        type="checkbox"
        aria-label={`Select ${nameOf(action)}`}
        checked={isSelected}
        disabled={action.state !== "dead"}
        onChange={(event) => onSelected(event.currentTarget.checked)}
      />
    )}
    <a class="row" href={hrefOf("sessions", action.session_ref)}>
      <span>
        <Badge word={action.state} />
      </span>
      <strong class="cut">{action.type}</strong>
      <span>{counted(action.attempts, "attempt")}</span>
      <code class="cut">{action.session_ref}</code>
      <span class="when">
        {action.next_attempt_at === null ? (
          <Time at={action.created_at} />
        ) : (
          <>
            next <Time at={action.next_attempt_at} />
          </>
        )}
      </span>
    </a>
  </div>
)

const NoActions = ({ state }: { state: string | undefined }) => (
  <Empty
    title={state === "dead" ? "No action is dead" : state === "pending" ? "Nothing is pending" : "No actions"}
  >
    <p>
      {state === "dead" || state === "pending" ? (
        "Your own systems have been told every verdict."
      ) : (
        <>
          Set <code>ACTION_WEBHOOK_URL</code>, and each change of a verdict is delivered there and listed
          here.
        </>
      )}
    </p>
  </Empty>
)

interface ActionsProps {
  readonly search: Readonly<Record<string, string>>
  /** Null while it is not known. */
  readonly mayWrite: boolean | null
  readonly onChanged: () => void
}

export const Actions = ({ mayWrite, onChanged, search: { state } }: ActionsProps) => {
  const list = useList<Action>(`actions${query({ state })}`, idOf)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const dead = (list.items ?? []).filter((action) => action.state === "dead").map(idOf)
  const chosen = dead.filter((id) => selected.has(id))
  const canSelect = mayWrite === true && state === "dead"
  const select = (id: string) => (isSelected: boolean) =>
    setSelected(
      (before) => new Set(isSelected ? [...before, id] : [...before].filter((other) => other !== id))
    )
  return (
    <>
      <h1>Actions</h1>
      <Tabs view="actions" current={state} states={["dead", "pending", "delivered"]} />
      {state === "dead" && dead.length > 0 ? (
        <p class="lead">
          Verdicts that your own systems were not told, after every attempt failed. Mend the receiver first.
          {mayWrite !== false ? "" : " To redrive them, sign in with a token that may write."}
        </p>
      ) : null}
      {canSelect ? (
        <Redriving
          dead={dead}
          chosen={chosen}
          onAllChosen={(isChosen) => setSelected(new Set(isChosen ? dead : []))}
          onDone={() => {
            setSelected(new Set())
            list.again()
            onChanged()
          }}
        />
      ) : null}
      <Listing
        list={list}
        kind={canSelect ? "actions selectable" : "actions"}
        label="Actions"
        columns={["State", "Type", "Attempts", "Session", state === "pending" ? "Due" : "Written"]}
        idOf={idOf}
        row={(action) => (
          <ActionRow
            action={action}
            isSelected={selected.has(action.id)}
            onSelected={canSelect ? select(action.id) : null}
          />
        )}
        empty={<NoActions state={state} />}
      />
    </>
  )
}
