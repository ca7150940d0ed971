import { useEffect, useRef } from "preact/hooks"
import { signOut } from "./ask.js"
import { hrefOf, isSessionRef } from "./route.js"
import { Updated } from "./Updated.js"
import { go } from "./useRoute.js"

/** A `session_ref` is opened; anything else may be a user or a verification. */
const destinationOf = (words: string): string =>
  isSessionRef(words) ? hrefOf("sessions", words) : hrefOf("sessions", null, { q: words })

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input:not([type=checkbox]), select, textarea")

const Search = () => {
  const field = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return
      if (document.querySelector("dialog[open]") !== null) return
      event.preventDefault()
      field.current?.focus()
      field.current?.select()
    }
    document.addEventListener("keydown", pressed)
    return () => document.removeEventListener("keydown", pressed)
  }, [])

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const words = field.current?.value.trim() ?? ""
    if (words !== "") go(destinationOf(words))
  }

  return (
    <search class="search">
      <form onSubmit={submit}>
        <input
          ref={field}
          type="search"
          aria-label="Find a session"
          placeholder="User, session_ref or verification_id"
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="search"
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur()
          }}
        />
        <span class="hint" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  )
}

export const Header = ({ isReadOnly, onSignedOut }: { isReadOnly: boolean; onSignedOut: () => void }) => {
  const leave = async () => {
    await signOut().catch(() => undefined)
    onSignedOut()
  }
  return (
    <header class="top">
      <a class="brand" href={hrefOf("overview")}>
        verifyhuman-dropin
      </a>
      <Search />
      <Updated />
      {isReadOnly ? <span class="badge quiet">read only</span> : null}
      <button type="button" class="small" onClick={leave}>
        Sign out
      </button>
    </header>
  )
}
