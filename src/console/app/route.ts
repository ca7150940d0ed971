export type View = "overview" | "sessions" | "events" | "rejected" | "actions" | "audit"

const views: ReadonlyArray<string> = ["overview", "sessions", "events", "rejected", "actions", "audit"]

/** What is shown. It is kept behind the `#`, which no browser sends to a server. */
export interface Route {
  readonly view: View
  /** The one that is shown of the view's list. */
  readonly id: string | null
  readonly search: Readonly<Record<string, string>>
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const routeOf = (hash: string): Route => {
  const [path = "", search = ""] = hash.replace(/^#\/?/, "").split("?", 2)
  const [view = "", id = ""] = path.split("/")
  return {
    view: views.includes(view) ? (view as View) : "overview",
    id: id === "" ? null : decoded(id),
    search: Object.fromEntries(new URLSearchParams(search))
  }
}

export const hrefOf = (
  view: View,
  id: string | null = null,
  search: Readonly<Record<string, string | undefined>> = {}
): string => {
  const given = Object.entries(search).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const path = id === null ? view : `${view}/${encodeURIComponent(id)}`
  return `#/${path}${given.length === 0 ? "" : `?${new URLSearchParams(given)}`}`
}

/** Whether the words are the name of a session. */
export const isSessionRef = (words: string): boolean => /^vs_[\w-]+$/.test(words)
