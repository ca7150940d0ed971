import { assert, describe, it } from "vitest"
import { withSections } from "./Document.js"

const order = ["rounds", "stalls", "soak"]
const empty = "before\n<!-- bench:begin -->\n<!-- bench:end -->\nafter\n"

describe("the document of results", () => {
  it("keeps the text around the results", () => {
    const document = withSections(empty, [{ name: "rounds", text: "fast" }], order)
    assert.match(document, /^before\n<!-- bench:begin -->/)
    assert.match(document, /<!-- bench:end -->\nafter\n$/)
    assert.include(document, "fast")
  })

  it("replaces a section and leaves the others, in their order", () => {
    const first = withSections(
      empty,
      [
        { name: "soak", text: "flat" },
        { name: "rounds", text: "fast" }
      ],
      order
    )
    const second = withSections(
      first,
      [
        { name: "stalls", text: "none" },
        { name: "rounds", text: "faster" }
      ],
      order
    )
    assert.notMatch(second, /fast$/m)
    assert.match(second, /faster[\s\S]*none[\s\S]*flat/)
    assert.strictEqual(withSections(second, [], order), second)
  })

  it("refuses a document without a place for them", () => {
    assert.throws(() => withSections("nothing", [], order), /lacks/)
  })
})
