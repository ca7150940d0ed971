import { useEffect, useState } from "preact/hooks"
import { signedOut } from "./ask.js"
import { Console } from "./Console.js"
import { SignIn } from "./SignIn.js"

export const App = ({ wasSignedIn }: { wasSignedIn: boolean }) => {
  const [isSignedIn, setIsSignedIn] = useState(wasSignedIn)
  const [hasEnded, setHasEnded] = useState(false)

  useEffect(() => {
    const ended = () => {
      setHasEnded(true)
      setIsSignedIn(false)
    }
    signedOut.addEventListener("signed-out", ended)
    return () => signedOut.removeEventListener("signed-out", ended)
  }, [])

  return isSignedIn ? (
    <Console
      onSignedOut={() => {
        setHasEnded(false)
        setIsSignedIn(false)
      }}
    />
  ) : (
    <SignIn hasEnded={hasEnded} onSignedIn={() => setIsSignedIn(true)} />
  )
}
