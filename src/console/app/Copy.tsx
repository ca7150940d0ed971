import { useState } from "preact/hooks"

export const Copy = ({ name, text }: { name: string; text: string }) => {
  const [isCopied, setIsCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard?.writeText(text)
    setIsCopied(true)
    setTimeout(() => setIsCopied(false), 1500)
  }
  return (
    <button type="button" class="copy" aria-label={`Copy ${name}`} onClick={copy}>
      {isCopied ? "copied" : "copy"}
    </button>
  )
}
