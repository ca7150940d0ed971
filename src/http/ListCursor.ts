import { Effect } from "effect"
import type { Cursor, Slice } from "../domain/Cursor.js"
import { Problem } from "./Problem.js"

const encoded = ({ at, id }: Cursor): string => Buffer.from(`${at}.${id}`).toString("base64url")

const decoded = (text: string): Cursor | null => {
  const match = /^(\d{1,15})\.([A-Za-z0-9_-]{1,64})$/.exec(Buffer.from(text, "base64url").toString("utf8"))
  return match === null ? null : { at: Number(match[1]), id: match[2] ?? "" }
}

const notACursor = () =>
  new Problem({
    code: "invalid_request",
    errors: [{ path: "cursor", message: "is not a cursor of this list" }]
  })

const defaultLimit = 20

/** One page of a list, newest first, and the cursor of the next (contract sections 3 and 9). */
export const listPage = <A, B, E>(
  params: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  read: (before: Cursor | null, limit: number) => Effect.Effect<Slice<A>, E>,
  placeOf: (item: A) => Cursor,
  show: (item: A) => B
): Effect.Effect<{ readonly items: ReadonlyArray<B>; readonly next_cursor: string | null }, E | Problem> =>
  Effect.gen(function* () {
    const limit = params.limit ?? defaultLimit
    const before = params.cursor === undefined ? null : decoded(params.cursor)
    if (params.cursor !== undefined && before === null) return yield* notACursor()
    const { items, resume } = yield* read(before, limit + 1)
    const page = items.slice(0, limit)
    const last = page.at(-1)
    const next = items.length > limit && last !== undefined ? placeOf(last) : resume
    return { items: page.map(show), next_cursor: next === null ? null : encoded(next) }
  })
