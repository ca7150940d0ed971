import { useEffect, useRef, useState } from "preact/hooks"
import { Refused, signIn } from "./ask.js"

export const SignIn = ({ onSignedIn, hasEnded }: { onSignedIn: () => void; hasEnded: boolean }) => {
  const [isUnderWay, setIsUnderWay] = useState(false)
  const [refusal, setRefusal] = useState<Refused | null>(null)

  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const token = String(new FormData(event.currentTarget as HTMLFormElement).get("token")).trim()
    setIsUnderWay(true)
    setRefusal(null)
    try {
      await signIn(token)
      onSignedIn()
    } catch (error) {
      if (error instanceof Refused) setRefusal(error)
      setIsUnderWay(false)
    }
  }

  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <p class="brand">verifyhuman-dropin</p>
        <h1>Operator's console</h1>
        {hasEnded ? <p class="notice">You were signed out. Sign in again to go on where you were.</p> : null}
        <label for="token">Admin or read token</label>
        <input
          ref={field}
          id="token"
          name="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
        />
        {refusal === null ? null : (
          <p class="wrong" role="alert">
            {refusal.status === 401 ? "This is not a token of this service." : refusal.title}{" "}
            <code>{refusal.code}</code>
          </p>
        )}
        <button type="submit" class="main" disabled={isUnderWay}>
          Sign in
        </button>
        <p class="hint">
          A token of <code>ADMIN_TOKENS</code> or <code>ADMIN_READ_TOKENS</code>. In the sandbox it is printed
          at start. It is not kept: the browser gets a cookie of twelve hours.
        </p>
      </form>
    </main>
  )
}
