import { useEffect, useRef, useState } from "preact/hooks"
import { Refused, read } from "./ask.js"
import type { Page } from "./contract.js"
import { extended, refreshed, untilSome } from "./pages.js"
import { useLive } from "./useLive.js"

const limit = 50

export interface List<T> {
  readonly items: ReadonlyArray<T> | null
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  readonly trouble: Refused | null
  readonly more: () => Promise<void>
  readonly again: () => void
}

interface Known<T> {
  readonly path: string | null
  readonly list: Page<T> | null
}

const under = (path: string, params: string) => `${path}${path.includes("?") ? "&" : "?"}${params}`

/** A list of the admin API: its first page is kept current, further pages are added below. */
export const useList = <T>(path: string | null, idOf: (item: T) => string): List<T> => {
  const { again, data, trouble } = useLive<Page<T>>(path === null ? null : under(path, `limit=${limit}`))
  const [known, setKnown] = useState<Known<T>>({ path, list: null })
  const [isLoadingMore, setIsLoadingMore] = useState(false)
  const [refusal, setRefusal] = useState<Refused | null>(null)
  const current = useRef(path)
  current.current = path
  const list = known.path === path ? known.list : null

  const below = async (from: Page<T>) => {
    if (path === null || from.next_cursor === null) return
    const one = (cursor: string | null) =>
      read<Page<T>>(
        under(path, `limit=${limit}&cursor=${encodeURIComponent(cursor ?? "")}`),
        new AbortController().signal
      )
    setIsLoadingMore(true)
    setRefusal(null)
    try {
      const page = await untilSome(one, from.next_cursor)
      if (current.current !== path) return
      setKnown((before) => ({ path, list: extended(before.list ?? from, page, idOf) }))
    } catch (error) {
      if (error instanceof Refused) setRefusal(error)
    } finally {
      setIsLoadingMore(false)
    }
  }

  useEffect(() => {
    if (data === null) return
    setKnown((before) => ({
      path,
      list: refreshed(before.path === path ? before.list : null, data, idOf, limit)
    }))
    if (list === null && data.items.length === 0) below(data)
  }, [data])

  return {
    items: list?.items ?? null,
    hasMore: list !== null && list.next_cursor !== null,
    isLoadingMore,
    trouble: trouble ?? refusal,
    more: async () => (list === null ? undefined : below(list)),
    again
  }
}
