/** What the service said instead of an answer: the title, code and detail of its problem. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string | undefined
  ) {
    super(title)
  }
}

const unreachable = () =>
  new Refused(0, "no_connection", "The service cannot be reached", "The last known state is shown.")

const refusalOf = async (response: Response): Promise<Refused> => {
  const problem = await response.json().catch(() => ({}))
  const errors: ReadonlyArray<{ path: string; message: string }> = problem.errors ?? []
  const detail = problem.detail ?? errors.map(({ message, path }) => `${path} ${message}`).join(", ")
  return new Refused(
    response.status,
    problem.code ?? `http_${response.status}`,
    problem.title ?? "The service answered unexpectedly",
    detail === "" ? undefined : detail
  )
}

export const signedOut = new EventTarget()

const send = async (path: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(path, { ...init, cache: "no-store", credentials: "same-origin" }).catch(
    (error) => Promise.reject(init.signal?.aborted ? error : unreachable())
  )
  if (response.ok) return response
  const refusal = await refusalOf(response)
  if (refusal.status === 401 && path.startsWith("/api/")) signedOut.dispatchEvent(new Event("signed-out"))
  throw refusal
}

export const read = async <T>(path: string, signal: AbortSignal): Promise<T> =>
  (await send(`/api/admin/${path}`, { signal })).json()

const post = (path: string, body?: unknown) =>
  send(path, {
    method: "POST",
    headers: { "x-console": "1", ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })

export const write = async <T>(path: string, body?: unknown): Promise<T> =>
  (await post(`/api/admin/${path}`, body)).json()

export const signIn = (token: string) => post("/console/sign-in", { token })
export const signOut = () => post("/console/sign-out")

/** A query of what is not empty. */
export const query = (params: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`
}
