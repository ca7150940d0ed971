import { hrefOf, type View } from "./route.js"

interface TabsProps {
  readonly view: View
  readonly current: string | undefined
  readonly states: ReadonlyArray<string>
}

/** The states of a list, one of which is shown. */
export const Tabs = ({ current, states, view }: TabsProps) => (
  <nav class="tabs" aria-label="States">
    {["", ...states].map((state) => (
      <a
        key={state}
        href={hrefOf(view, null, { state })}
        aria-current={state === (current ?? "") ? "true" : undefined}
      >
        {state === "" ? "all" : state}
      </a>
    ))}
  </nav>
)
