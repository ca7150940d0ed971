import { assert, describe, it } from "@effect/vitest"
import { Either } from "effect"
import {
  afterRequest,
  type Behaviour,
  behaviourNames,
  parseBehaviour,
  wellBehaved
} from "../../src/sandbox/Behaviour.js"

const parsed = (text: string): Behaviour =>
  Either.getOrThrowWith(parseBehaviour(text), (why) => new Error(why))
const always = Number.POSITIVE_INFINITY

describe("the text of a behaviour", () => {
  it.each<[string, Partial<Behaviour>]>([
    ["", {}],
    [" , ,", {}],
    ["late=0", {}],
    ["late=3600", { late: 3600 }],
    ["duplicate=1", {}],
    ["duplicate=100", { duplicate: 100 }],
    ["expires=0", { expires: 0 }],
    ["reorder", { quirks: new Set(["reorder"] as const) }],
    ["flat, timestamp ,no-reference", { quirks: new Set(["flat", "timestamp", "no-reference"] as const) }],
    ["lost,lost", { quirks: new Set(["lost"] as const) }],
    ["late=1,late=2", { late: 2 }],
    ["402", { faults: [{ fault: "402", times: always }] }],
    ["hang=2", { faults: [{ fault: "hang", times: 2 }] }],
    ["500,402", { faults: [{ fault: "402", times: always }] }],
    [
      "500=2,429=1,cut",
      {
        faults: [
          { fault: "500", times: 2 },
          { fault: "429", times: 1 },
          { fault: "cut", times: always }
        ]
      }
    ],
    [
      "429,flat,late=2,duplicate=3",
      {
        late: 2,
        duplicate: 3,
        quirks: new Set(["flat"] as const),
        faults: [{ fault: "429", times: always }]
      }
    ]
  ])("%j is readable", (text, expected) => {
    assert.deepStrictEqual(parsed(text), { ...wellBehaved, ...expected })
  })

  it.each([
    "late",
    "late=",
    "late=-1",
    "late=1.5",
    "late=3601",
    "late=1=2",
    "late=0x10",
    "duplicate=0",
    "duplicate=101",
    "duplicate",
    "expires=259201",
    "reorder=1",
    "Lost",
    "404",
    "500=0",
    "500=",
    "500=1001",
    "flat;timestamp",
    "flat timestamp",
    "toString",
    "__proto__=1",
    "late=1,nonsense"
  ])("%j is not, and it is said what would be", (text) => {
    const expected = Either.getOrThrow(Either.flip(parseBehaviour(text)))
    for (const name of behaviourNames) assert.include(expected, name)
    assert.notInclude(expected, "nonsense")
  })

  it("has every name of the contract", () => {
    const contract =
      "late=1 duplicate=2 reorder lost wrong-secret wrong-environment no-reference flat timestamp 402 429 500 hang cut"
    for (const name of contract.split(" ")) assert.notDeepEqual(parsed(name), wellBehaved, name)
  })
})

describe("faults for a number of requests", () => {
  it("come one after the other, and then it behaves", () => {
    const seen: Array<string | undefined> = []
    let behaviour = parsed("500=2,flat,429=1")
    for (let requests = 0; requests < 5; requests++) {
      seen.push(behaviour.faults[0]?.fault)
      behaviour = afterRequest(behaviour)
    }
    assert.deepStrictEqual(seen, ["500", "500", "429", undefined, undefined])
    assert.deepStrictEqual(behaviour, parsed("flat"))
  })

  it("without a number never end", () => {
    const behaviour = parsed("hang")
    assert.deepStrictEqual(afterRequest(behaviour), behaviour)
  })
})
