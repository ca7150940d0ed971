import { createHash } from "node:crypto"
import { HttpServerResponse } from "@effect/platform"
import style from "./app/main.css?bundle"
import script from "./app/main.tsx?bundle"

const forever = "public, max-age=31536000, immutable"

const asset = (name: string, text: string, contentType: string) => {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16)
  const [stem = "", ending = ""] = name.split(".")
  return {
    path: `/console/${stem}-${hash}.${ending}` as const,
    response: HttpServerResponse.text(text, { contentType, headers: { "cache-control": forever } })
  }
}

/** What the page loads; each address names its content. */
export const assets = {
  script: asset("console.js", script, "text/javascript; charset=utf-8"),
  style: asset("console.css", style, "text/css; charset=utf-8")
}
