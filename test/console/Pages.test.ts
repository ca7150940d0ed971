import { assert, describe, it } from "@effect/vitest"
import { extended, refreshed, untilSome } from "../../src/console/app/pages.js"

const idOf = (item: string) => item
const page = (items: string, next_cursor: string | null) => ({ items: [...items], next_cursor })
const again = (known: ReturnType<typeof page> | null, fresh: ReturnType<typeof page>, limit = 3) => {
  const { items, next_cursor } = refreshed(known, fresh, idOf, limit)
  return [items.join(""), next_cursor]
}

describe("a list that is kept current", () => {
  it.each<[string, ReturnType<typeof page> | null, ReturnType<typeof page>, [string, string | null]]>([
    ["begins with its first page", null, page("abc", "c"), ["abc", "c"]],
    ["puts what is new on top", page("abcdef", "f"), page("xab", "b"), ["xabcdef", "f"]],
    ["lets go of what is gone", page("abcdef", "f"), page("acd", "d"), ["acdef", "f"]],
    ["is the first page, where there is no other", page("abcdef", "f"), page("ab", null), ["ab", null]],
    [
      "follows the first page, where it has loaded no other",
      page("abc", "c"),
      page("xab", "b"),
      ["xabc", "c"]
    ],
    ["goes down as far as the first page does", page("abc", "c"), page("acd", "d"), ["acd", "d"]],
    ["begins anew where more came than a page holds", page("abcdef", "f"), page("xyz", "z"), ["xyz", "z"]],
    ["keeps what was found below a page that is empty", page("ab", "q"), page("", "p"), ["ab", "q"]],
    ["keeps what was found below a page that is not full", page("ab", "q"), page("x", "p"), ["xab", "q"]]
  ])("%s", (_, known, fresh, expected) => assert.deepStrictEqual(again(known, fresh), expected))

  it("adds a page below, each item once", () => {
    assert.deepStrictEqual(extended(page("abc", "c"), page("cde", "e"), idOf), page("abcde", "e"))
  })

  it("goes on over empty pages until something is found, not for ever", async () => {
    const pages: Record<string, ReturnType<typeof page>> = {
      start: page("", "1"),
      1: page("", "2"),
      2: page("z", "3")
    }
    const asked: Array<string> = []
    const read = async (cursor: string | null) => {
      asked.push(cursor ?? "start")
      return pages[cursor ?? "start"] ?? page("", "more")
    }
    assert.deepStrictEqual(await untilSome(read, null), page("z", "3"))
    assert.deepStrictEqual(asked, ["start", "1", "2"])
    assert.deepStrictEqual(await untilSome(read, "more", 4), page("", "more"))
    assert.lengthOf(asked, 7)
  })
})
