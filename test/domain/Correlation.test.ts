import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  type IdentifierHash,
  identifier,
  identifiersIn,
  referenceNames
} from "../../src/domain/Correlation.js"

const hashes = (body: unknown): ReadonlyArray<IdentifierHash> => identifiersIn(body).map(({ hash }) => hash)

/** The contract's own list (section 6), so that a name cannot get lost. */
const names = [
  "token",
  "hosted_token",
  "session_token",
  "session_id",
  "session_ref",
  "reference",
  "reference_id",
  "client_reference_id",
  "external_id",
  "verification_id"
] as const

const places: ReadonlyArray<readonly [string, (fields: object) => object]> = [
  ["at the top", (fields) => fields],
  ["in data", (data) => ({ data })],
  ["in metadata", (metadata) => ({ metadata })],
  ["in the metadata of data", (metadata) => ({ data: { metadata } })]
]

describe("Correlation", () => {
  it("knows the contract's reference names and no other", () => {
    assert.sameMembers([...referenceNames], [...names])
  })

  describe.each(places)("%s", (_, at) => {
    it.each(names)("reads %s", (name) => {
      assert.deepStrictEqual(identifiersIn(at({ [name]: "abc" })), [identifier(name, "abc")])
    })

    it("reads every name at once", () => {
      const fields = Object.fromEntries(names.map((name) => [name, `${name}-1`]))
      assert.sameDeepMembers(
        [...identifiersIn(at(fields))],
        names.map((name) => identifier(name, `${name}-1`))
      )
    })

    it.each([1, true, null, "", ["abc"], { token: "abc" }])("ignores %j", (value) => {
      assert.deepStrictEqual(identifiersIn(at({ token: value })), [])
    })

    it("reads no name that is nearly one", () => {
      const fields = { Token: "a", tokens: "b", " token": "c", id: "d", user_id: "e", product: "f" }
      assert.deepStrictEqual(identifiersIn(at(fields)), [])
    })

    it("reads own names only", () => {
      const parsed: object = JSON.parse('{"__proto__":{"token":"abc","verification_id":"def"}}')
      assert.deepStrictEqual(identifiersIn(at(parsed)), [])
      assert.deepStrictEqual(identifiersIn(at(Object.create({ token: "abc" }))), [])
    })
  })

  it("looks in no other place", () => {
    const fields = { token: "abc" }
    for (const body of [
      { other: fields },
      { data: { data: fields } },
      { data: [fields] },
      { metadata: { metadata: fields } },
      { metadata: { data: fields } },
      [fields]
    ]) {
      assert.deepStrictEqual(identifiersIn(body), [])
    }
  })

  it("gathers from all places together", () => {
    const body = {
      token: "a",
      data: { token: "b", metadata: { token: "c" } },
      metadata: { token: "d" }
    }
    assert.sameMembers(
      [...hashes(body)],
      ["a", "b", "c", "d"].map((value) => identifier("token", value).hash)
    )
  })

  it("hides every identifier but a session_ref of the service, which stands for itself", () => {
    const sessionRef = `vs_${"a".repeat(32)}`
    assert.strictEqual(identifier("reference", sessionRef).hash, sessionRef)
    for (const value of [`vs_${"a".repeat(31)}`, `vs_${"a".repeat(33)}`, ` ${sessionRef}`, "ver_1"]) {
      assert.match(identifier("reference", value).hash, /^[A-Za-z0-9_-]{43}$/)
    }
  })

  it("takes one value under several names and places for one identifier", () => {
    const body = { session_id: "abc", token: "abc", data: { reference: "abc", metadata: { token: "abc" } } }
    assert.deepStrictEqual(identifiersIn(body), [identifier("token", "abc")])
    const nested = { session_id: "abc", data: { token: "abc" } }
    assert.deepStrictEqual(identifiersIn(nested), [identifier("session_id", "abc")])
  })

  it("finds exactly the values that stand there, whatever they are", () => {
    const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string16bits(), fc.jsonValue()))
    fc.assert(
      fc.property(fields, fields, fields, fields, (top, inData, inMetadata, deepest) => {
        const body = { ...top, data: { ...inData, metadata: deepest }, metadata: inMetadata }
        const values = [top, inData, inMetadata, deepest]
          .flatMap((place) => Object.values(place))
          .filter((value): value is string => typeof value === "string" && value !== "")
        const expected = new Set(values.map((value) => identifier("token", value).hash))
        assert.sameMembers([...hashes(body)], [...expected])
      })
    )
  })

  it("tells apart any two texts, lone surrogates included", () => {
    const texts = [
      "\ud800",
      "\ud801",
      "\udc00",
      "\ufffd",
      "?",
      "\ud800\udc00",
      "a\u0000",
      "a",
      "\u0000a",
      "A",
      "a "
    ]
    assert.strictEqual(new Set(texts.map((text) => identifier("token", text).hash)).size, texts.length)
    const text = fc.string16bits()
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.strictEqual(identifier("token", a).hash === identifier("reference", b).hash, a === b)
      })
    )
  })

  it("hides the value behind 43 characters, whatever its length", () => {
    for (const value of ["a", "x".repeat(1_000_000)]) {
      assert.match(identifier("token", value).hash, /^[A-Za-z0-9_-]{43}$/)
    }
  })

  it("finds nothing in what is no object, and never throws", () => {
    for (const body of [null, undefined, "token", 1, [], [{ token: "a" }]]) {
      assert.deepStrictEqual(identifiersIn(body), [])
    }
    fc.assert(fc.property(fc.anything(), (body) => Array.isArray(identifiersIn(body))))
  })
})
