import { existsSync, readdirSync } from "node:fs"
import { posix } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { headingsOf, pathOf, textOf } from "./alerts.js"

const documents = ["README.md", "SECURITY.md", "CONTRIBUTING.md"].concat(
  readdirSync(pathOf("docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
)

/** `test/a/B.test.ts` "a title", "another" */
const citationsIn = (text: string) =>
  [...text.matchAll(/`(test\/[\w/.-]+\.ts)`((?:,?\s+"[^"]+")+)/g)].map(([, file = "", titles = ""]) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => title)
  }))

describe("the tests that docs/security.md names", () => {
  const citations = citationsIn(textOf("docs/security.md"))

  it("are many", () => {
    assert.isAbove(citations.length, 50)
  })

  for (const file of new Set(citations.map((citation) => citation.file))) {
    it(`are in ${file}`, () => {
      const text = textOf(file)
      for (const { titles } of citations.filter((citation) => citation.file === file)) {
        for (const title of titles) assert.include(text, `"${title}"`)
      }
    })
  }
})

describe.each(documents)("the links of %s", (document) => {
  it("lead to files and headings that exist", () => {
    for (const [, link = ""] of textOf(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue
      const [path = "", anchor] = link.split("#")
      const file = path === "" ? document : posix.join(posix.dirname(document), path)
      assert.isTrue(existsSync(pathOf(file)), link)
      if (anchor === undefined) continue
      assert.include(
        headingsOf(file).map((heading) => heading.anchor),
        anchor,
        link
      )
    }
  })
})
