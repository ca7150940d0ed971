import { assert, describe, it } from "@effect/vitest"
import { Either } from "effect"
import * as fc from "fast-check"
import { parseEnvFile } from "../../src/settings/EnvFile.js"

const values = (text: string) => Object.fromEntries(Either.getOrThrow(parseEnvFile(text)))
const unreadable = (text: string) => Either.getOrThrow(Either.flip(parseEnvFile(text)))

describe("a .env file", () => {
  it.each<[string, string, Record<string, string>]>([
    ["a line", "PORT=3000", { PORT: "3000" }],
    ["white space around", "  PORT =  3000  \t", { PORT: "3000" }],
    ["export", "export PORT=3000", { PORT: "3000" }],
    ["nothing", "PORT=\nHOST=  ", { PORT: "", HOST: "" }],
    ["empty lines and comments", "\n# a comment = x\n\n  # another\nPORT=3000 # why\n", { PORT: "3000" }],
    ["a comment alone", "PORT= # none", { PORT: "" }],
    ["lines as Windows ends them", "A=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["a byte order mark", "\ufeffA=1", { A: "1" }],
    ["single quotes", "A=' a # \"b\" \\n '", { A: ' a # "b" \\n ' }],
    ["double quotes", "A=\" a # 'b' \" # why", { A: " a # 'b' " }],
    ["escapes in double quotes", 'A="a\\nb\\t\\"c\\" \\\\n \\$d \\x"', { A: 'a\nb\t"c" \\n $d \\x' }],
    ["more than one line in quotes", "A=\"1\n2\"\nB='3\n4'\nC=5", { A: "1\n2", B: "3\n4", C: "5" }],
    ["equals signs", "A=b=c==", { A: "b=c==" }],
    ["quotes inside", 'A=it\'s\nB=a"b"', { A: "it's", B: 'a"b"' }],
    ["the same twice: the later one", "A=1\nA=2", { A: "2" }],
    [
      "what looks like another variable",
      `A=1\nB=$A-\${A}\nC='$A'\nD="$A"`,
      {
        A: "1",
        B: `$A-\${A}`,
        C: "$A",
        D: "$A"
      }
    ],
    ["a # that belongs to the value", "A=ab#cd\nB=a=#b", { A: "ab#cd", B: "a=#b" }],
    ["an empty file", "", {}]
  ])("has %s", (_, text, expected) => assert.deepStrictEqual(values(text), expected))

  it.each<[string, string, ReadonlyArray<number>]>([
    ["no equals sign", "PORT 3000", [1]],
    ["no name", "=3000", [1]],
    ["a name that is none", "MY-PORT=3000\n1PORT=2", [1, 2]],
    ["a quote that does not end", 'A=1\nB="2\nC=3', [2]],
    ["something after the quotes", "A='1' 2", [1]],
    ["a # without quotes", "A=#1", [1]],
    ["backticks", "A=`1`", [1]],
    ["several, each told", "A=1\nwhat\n\nB=2\nelse\n", [2, 5]],
    ["a line after values of several lines", 'A="1\n2\n3"\nwhat', [4]],
    ["UTF-16", Buffer.from("PORT=3000", "utf16le").toString("utf8"), [1]]
  ])("cannot be read with %s", (_, text, lines) => assert.deepStrictEqual(unreadable(text), lines))

  it("gives back any secret in single quotes", () => {
    const anything = fc.string({ unit: "binary" }).map((text) => text.replace(/['\r]/g, ""))
    fc.assert(
      fc.property(anything, (secret) =>
        assert.deepStrictEqual(values(`A='${secret}'\nB=1`), { A: secret, B: "1" })
      )
    )
  })

  it("gives back any secret without white space and quotes as it stands", () => {
    const printable = fc.stringMatching(/^[!$%&(-~][!#-~]{0,40}$/).filter((text) => !/^[`'"]/.test(text))
    fc.assert(
      fc.property(printable, (secret) => assert.deepStrictEqual(values(`A=${secret} # why`), { A: secret }))
    )
  })

  it("ends with values or with lines, whatever it is given", () => {
    const pieces = fc.array(fc.constantFrom("A", "=", "'", '"', "#", " ", "\n", "\\", "x", "export ", "\t"), {
      maxLength: 60
    })
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("")
        const lines = text.split("\n").length
        Either.match(parseEnvFile(text), {
          onLeft: (numbers) => {
            assert.isNotEmpty(numbers)
            assert.isTrue(numbers.every((line) => line >= 1 && line <= lines))
          },
          onRight: (found) => assert.isTrue([...found.keys()].every((name) => /^[A-Za-z_]\w*$/.test(name)))
        })
      })
    )
  })
})
