import { assert, describe, it } from "@effect/vitest"
import { Either } from "effect"
import * as fc from "fast-check"
import {
  allow,
  checkRedirect,
  isLoopback,
  parsePrefix,
  type RedirectPrefix,
  type RedirectRefusal,
  withResult
} from "../../src/domain/Redirects.js"

const prefix = (text: string): RedirectPrefix => Either.getOrThrow(parsePrefix(text))

const entries = [
  "myapp://verified",
  "https://ok.example",
  "https://app.example/done",
  "https://app.example:8443/a/b/",
  "http://localhost:3000/back",
  "https://bücher.example",
  "https://[2001:db8::1]/six"
]
const allowlist = entries.map(prefix)

const judge = (text: string, list = allowlist) => Either.merge(allow(text, list))

const refusals = new Set<string>([
  "malformed",
  "scheme",
  "not_loopback",
  "user_info",
  "fragment",
  "not_allowed"
] satisfies ReadonlyArray<RedirectRefusal>)

/** Every char that a parser may drop, and every one that it may take for another. */
const invisible = [
  ...Array.from({ length: 0x21 }, (_, code) => code),
  ...Array.from({ length: 0x22 }, (_, code) => 0x7f + code),
  0xad,
  0x1680,
  0x180e,
  0x200b,
  0x200d,
  0x200e,
  0x2028,
  0x2029,
  0x202e,
  0x2060,
  0x3000,
  0xd800,
  0xdfff,
  0xfeff,
  0xe0041
].map((code) => [`U+${code.toString(16).padStart(4, "0")}`, String.fromCodePoint(code)] as const)

describe("what is allowed", () => {
  it.each([
    ["myapp://verified", "myapp://verified"],
    ["myapp://verified/", "myapp://verified/"],
    ["myapp://verified/path/x?a=1", "myapp://verified/path/x?a=1"],
    ["MyApp://verified", "myapp://verified"],
    ["myapp://VERIFIED", "myapp://VERIFIED"],
    ["https://ok.example", "https://ok.example/"],
    ["https://ok.example?a=b", "https://ok.example/?a=b"],
    ["HTTPS://OK.Example/Any/Path", "https://ok.example/Any/Path"],
    ["https://ok.example:443/", "https://ok.example/"],
    ["https://ok.example:0443/", "https://ok.example/"],
    ["https://ok.example:/", "https://ok.example/"],
    ["https://app.example/done", "https://app.example/done"],
    ["https://app.example/done/", "https://app.example/done/"],
    ["https://app.example/done/x", "https://app.example/done/x"],
    ["https://app.example/done//x", "https://app.example/done//x"],
    [
      "https://app.example/done?next=https://evil.example/",
      "https://app.example/done?next=https://evil.example/"
    ],
    ["https://app.example/done?a=%2F&a=%2e%2e&b", "https://app.example/done?a=%2F&a=%2e%2e&b"],
    ["https://app.example/done?", "https://app.example/done?"],
    ["https://app.example/done?who=me@example.com", "https://app.example/done?who=me@example.com"],
    ["https://app.example/done/@me", "https://app.example/done/@me"],
    ["https://app.example/done/a%20b", "https://app.example/done/a%20b"],
    ["https://app.example/done/😀", "https://app.example/done/%F0%9F%98%80"],
    ["https://app.example/./x/../done", "https://app.example/done"],
    ["https://app.example:8443/a/b", "https://app.example:8443/a/b"],
    ["http://localhost:3000/back", "http://localhost:3000/back"],
    ["http://LOCALHOST:3000/back/home", "http://localhost:3000/back/home"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"],
    ["https://BÜCHER.example/", "https://xn--bcher-kva.example/"],
    ["https://[2001:db8::1]/six", "https://[2001:db8::1]/six"],
    ["https://[2001:DB8:0:0:0:0:0:1]/six/x", "https://[2001:db8::1]/six/x"]
  ])("allows %j", (text, href) => assert.strictEqual(judge(text), href))
})

describe("what is refused", () => {
  it.each<[string, RedirectRefusal]>([
    ["", "malformed"],
    ["/done", "malformed"],
    ["//ok.example/", "malformed"],
    ["ok.example", "malformed"],
    ["https:ok.example", "malformed"],
    ["https:/ok.example", "malformed"],
    ["https:///ok.example", "malformed"],
    ["https:////ok.example/", "malformed"],
    ["https://", "malformed"],
    ["://ok.example", "malformed"],
    ["myapp:", "malformed"],
    ["myapp://", "malformed"],
    ["myapp:verified", "malformed"],
    ["myapp:/verified", "malformed"],
    ["myapp:///verified", "malformed"],
    ["myapp:////verified", "malformed"],
    ["myapp://?a=b", "malformed"],
    ["javascript:alert(1)", "scheme"],
    ["JavaScript:alert(1)", "scheme"],
    ["javascript://ok.example/%0aalert(1)", "scheme"],
    ["javascript://verified", "scheme"],
    ["data:text/html,x", "scheme"],
    ["data://ok.example/,x", "scheme"],
    ["vbscript:x", "scheme"],
    ["file:///done", "scheme"],
    ["file://ok.example/done", "scheme"],
    ["blob:https://ok.example/x", "scheme"],
    ["about:blank", "scheme"],
    ["wss://ok.example/", "scheme"],
    ["ftp://ok.example/", "scheme"],
    ["http://ok.example/", "not_loopback"],
    ["HTTP://ok.example/", "not_loopback"],
    ["http://ok.example:443/", "not_loopback"],
    ["http://localhost.ok.example/", "not_loopback"],
    ["http://localhost./back", "not_loopback"],
    ["http://127.0.0.1.ok.example/", "not_loopback"],
    ["http://[::ffff:127.0.0.1]/", "not_loopback"],
    ["http://0.0.0.0/", "not_loopback"],
    ["myapp://ok@evil", "user_info"],
    ["myapp://verified@evil", "user_info"],
    ["myapp://evil@verified", "user_info"],
    ["https://ok.example@evil.example", "user_info"],
    ["https://ok.example:443@evil.example/", "user_info"],
    ["https://user:password@ok.example/", "user_info"],
    ["https://@ok.example/", "user_info"],
    ["https://:@ok.example/", "user_info"],
    ["https://a@b@ok.example/", "user_info"],
    ["https:///user@ok.example/", "malformed"],
    ["https:////user:password@ok.example/", "malformed"],
    ["https://ok.example/#", "fragment"],
    ["https://ok.example#@evil.example", "fragment"],
    ["https://ok.example/?a=b#c", "fragment"],
    ["myapp://verified#", "fragment"],
    ["myapp://verified#x", "fragment"],
    ["https://%6fk.example/", "malformed"],
    ["https://ok.ex%61mple/", "malformed"],
    ["myapp://%76erified", "malformed"],
    ["https://ok%2eexample/", "malformed"],
    ["https://ok.example%2f.evil.example/", "malformed"],
    ["https://ok.example%40evil.example/", "malformed"],
    ["https://ok.example%5c.evil.example/", "malformed"],
    ["https://ok.example%00.evil.example/", "malformed"],
    ["myapp://verified%2f", "malformed"],
    ["https://app.example/done/%2e%2e/admin", "malformed"],
    ["https://app.example/done/%2E%2E/admin", "malformed"],
    ["https://app.example/done/.%2e/admin", "malformed"],
    ["https://app.example/done/%2e", "malformed"],
    ["https://app.example/done%2fx", "malformed"],
    ["https://app.example/done%2F..%2Fadmin", "malformed"],
    ["https://app.example/done%5cx", "malformed"],
    ["https://app.example/done%5C..%5Cadmin", "malformed"],
    ["https://app.example/done/%00", "malformed"],
    ["https://app.example/done/%0d%0aset-cookie:a=b", "malformed"],
    ["https://app.example/done/%09", "malformed"],
    ["https://app.example/done/%1B", "malformed"],
    ["https://app.example/done/%7f", "malformed"],
    ["myapp://verified/%2e%2e", "malformed"],
    ["https://ok.example:99999/", "malformed"],
    ["https://ok.example:x/", "malformed"],
    ["https://ok.example／evil.example/", "malformed"],
    ["https://ok.example＠evil.example/", "malformed"],
    ["https://ok.example％2fevil.example/", "malformed"],
    ["https://[::1/", "malformed"],
    ["https://[::g]/", "malformed"],
    ["https://1.2.3.256/", "malformed"],
    ["https://xn--a-ecp.ok.example/", "malformed"]
  ])("refuses %j: %s", (text, refusal) => assert.strictEqual(judge(text), refusal))

  it.each([
    "https://evil.example/",
    "https://ok.example.evil.example/",
    "https://evilok.example/",
    "https://sub.ok.example/",
    "https://example/",
    "https://ok.example./",
    "https://ok.example..evil.example/",
    "https://ok.example:444/",
    "https://ok.example:80/",
    "https://ok.example。evil.example/",
    "https://оk.example/",
    "https://bucher.example/",
    "https://xn--k-1ub.example/",
    "https://bücher.example.evil.example/",
    "https://app.example",
    "https://app.example/",
    "https://app.example/done-evil",
    "https://app.example/done.evil",
    "https://app.example/doneevil",
    "https://app.example/done;evil",
    "https://app.example/don",
    "https://app.example/Done",
    "https://app.example/d%6fne",
    "https://app.example/evil/done",
    "https://app.example//done",
    "https://app.example//evil.example/done",
    "https://app.example/?/done",
    "https://app.example/done/../admin",
    "https://app.example/done/..",
    "https://app.example/done/x/../../admin",
    "https://app.example:8443/a",
    "https://app.example:8443/a//b",
    "https://app.example:8443/done",
    "https://app.example/a/b",
    "http://localhost:3001/back",
    "http://localhost/back",
    "http://127.0.0.1:3000/back",
    "https://localhost:3000/back",
    "https://[2001:db8::2]/six",
    "https://[2001:db8::1]:8443/six",
    "https://[2001:db8::1]/",
    "myapp2://verified",
    "app://verified",
    "myapp://other",
    "myapp://verified.evil",
    "myapp://verified:80",
    "myapp://verified-evil",
    "https://verified/"
  ])("does not find %j on the list", (text) => assert.strictEqual(judge(text), "not_allowed"))

  it("refuses everything where nothing is allowed", () => {
    for (const entry of entries) assert.strictEqual(judge(entry, []), "not_allowed")
  })

  it.each(invisible)("refuses %s at every place", (_, char) => {
    const text = "https://app.example/done?a=b"
    for (let at = 0; at <= text.length; at++) {
      assert.strictEqual(judge(text.slice(0, at) + char + text.slice(at)), "malformed", `at ${at}`)
    }
  })

  it("refuses a backslash at every place", () => {
    for (const text of ["https://app.example/done?a=b", "myapp://verified/x"]) {
      for (let at = 0; at <= text.length; at++) {
        assert.strictEqual(judge(`${text.slice(0, at)}\\${text.slice(at)}`), "malformed", `at ${at}`)
      }
    }
  })

  it("refuses what is over-long, as it came or once it is encoded", () => {
    const fits = `https://ok.example/${"x".repeat(2048 - "https://ok.example/".length)}`
    assert.strictEqual(judge(fits), fits)
    assert.strictEqual(judge(`${fits}x`), "malformed")
    assert.strictEqual(judge(`https://ok.example/${"ü".repeat(1000)}`), "malformed")
  })
})

describe("the allow-list", () => {
  it.each<[string, RedirectPrefix]>([
    ["MyApp://Verified", { scheme: "myapp:", host: "verified", segments: [] }],
    ["https://App.Example", { scheme: "https:", host: "app.example", segments: [] }],
    ["https://app.example:443/", { scheme: "https:", host: "app.example", segments: [] }],
    ["https://app.example:8443/a/b///", { scheme: "https:", host: "app.example:8443", segments: ["a", "b"] }],
    ["https://app.example/a?b=c", { scheme: "https:", host: "app.example", segments: ["a"] }],
    ["https://bücher.example/ü", { scheme: "https:", host: "xn--bcher-kva.example", segments: ["%C3%BC"] }]
  ])("reads %j", (text, entry) => assert.deepStrictEqual(prefix(text), entry))

  it.each<[string, RedirectRefusal]>([
    ["myapp:", "malformed"],
    ["app.example", "malformed"],
    ["javascript://x", "scheme"],
    ["http://app.example", "not_loopback"],
    ["https://user@app.example", "user_info"],
    ["https://app.example/#done", "fragment"]
  ])("does not read %j: %s", (text, refusal) => assert.strictEqual(Either.merge(parsePrefix(text)), refusal))

  it("takes an asterisk for what it is", () => {
    assert.strictEqual(judge("https://a.ok.example/", [prefix("https://*.ok.example")]), "not_allowed")
  })

  it("allows plain http at the one given origin, to be listed all the same", () => {
    const origin = "http://192.168.1.5:3000"
    const home = [Either.getOrThrow(parsePrefix(`${origin}/demo`, origin))]
    const at = (text: string) => Either.merge(allow(text, home, origin))
    assert.strictEqual(at(`${origin}/demo/return`), `${origin}/demo/return`)
    assert.strictEqual(at(`${origin}/admin`), "not_allowed")
    assert.strictEqual(at("http://192.168.1.5:3001/demo"), "not_loopback")
    assert.strictEqual(at("http://192.168.1.5/demo"), "not_loopback")
    assert.strictEqual(judge(`${origin}/demo`, home), "not_loopback")
    assert.strictEqual(Either.merge(parsePrefix(`${origin}/demo`)), "not_loopback")
  })

  it.each([
    ["localhost", true],
    ["LocalHost", true],
    ["127.0.0.1", true],
    ["127.255.0.9", true],
    ["[::1]", true],
    ["localhost.", false],
    ["a.localhost", false],
    ["localhost.example", false],
    ["127.0.0.1.example", false],
    ["128.0.0.1", false],
    ["[::2]", false],
    ["0.0.0.0", false],
    ["", false]
  ])("knows whether %j is this machine: %s", (host, loopback) =>
    assert.strictEqual(isLoopback(host), loopback)
  )

  it.each(["http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/", "http://[0:0:0:0:0:0:0:1]/"])(
    "knows this machine under %j",
    (text) => assert.strictEqual(Either.merge(checkRedirect(text)), new URL(text).href)
  )
})

/** Addresses near those that are allowed, and what attackers do to them. */
const nearby = fc
  .tuple(
    fc.constantFrom("https", "HTTPS", "http", "myapp", "MYAPP", "javascript", "data"),
    fc.constantFrom("://", "://", "://", "://", ":", ":/", ":///", "://///", ":\\\\"),
    fc.constantFrom("", "", "", "", "ok@", "@", "ok.example:443@", "user:pass@"),
    fc.oneof(
      fc.constantFrom(
        "ok.example",
        "app.example",
        "verified",
        "localhost",
        "bücher.example",
        "[2001:db8::1]"
      ),
      fc.constantFrom("ok.example.evil.example", "evil.example", "OK.EXAMPLE", "ok.example.", "оk.example"),
      fc.domain()
    ),
    fc.constantFrom("", "", "", ":443", ":8443", ":3000", ":", ":99999"),
    fc.array(
      fc.oneof(
        fc.constantFrom("done", "a", "b", "back", "six", "..", ".", "%2e%2e", "%2f", "done-evil", "", "@x"),
        fc.string({ maxLength: 4 })
      ),
      { maxLength: 4 }
    ),
    fc.constantFrom("", "?", "?a=b", "?a=b&session_ref=1", "?next=//evil.example/"),
    fc.constantFrom("", "", "", "#", "#x")
  )
  .map(
    ([scheme, separator, user, host, port, path, query, fragment]) =>
      `${scheme}${separator}${user}${host}${port}${path.map((part) => `/${part}`).join("")}${query}${fragment}`
  )

/** Longer than an entry of the list. */
const within = fc
  .tuple(
    fc.constantFrom(...entries),
    fc.constantFrom("", "/x", "/", "//x", "/x/../y", "/..", "-evil", ".evil.example", ":443"),
    fc.constantFrom("", "?", "?a=b&session_ref=1")
  )
  .map((parts) => parts.join(""))

/** The same with one strange character put in somewhere. */
const disturbed = fc
  .tuple(
    fc.oneof(nearby, within),
    fc.nat(),
    fc.oneof(fc.constantFrom("\t", "\n", "\0", "\\", "@", "#", "/", "%", "。", "."), fc.char16bits())
  )
  .map(([text, at, char]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + char + text.slice(place)
  })

const anything = fc.oneof(
  { arbitrary: nearby, weight: 3 },
  { arbitrary: within, weight: 3 },
  { arbitrary: disturbed, weight: 6 },
  { arbitrary: fc.webUrl({ withQueryParameters: true, withFragments: true }), weight: 1 },
  { arbitrary: fc.fullUnicodeString(), weight: 1 }
)

const pathOf = (url: URL) => `${url.pathname.replace(/\/+$/, "")}/`

describe("whatever is allowed", () => {
  it("has scheme, host and path of an entry once a browser has parsed it, and is what a browser makes of it", () => {
    let allowed = 0
    let refused = 0
    fc.assert(
      fc.property(anything, (text) => {
        const answer = allow(text, allowlist)
        if (Either.isLeft(answer)) {
          refused += 1
          assert.isTrue(refusals.has(answer.left))
          return
        }
        allowed += 1
        const url = new URL(text)
        assert.strictEqual(answer.right, url.href)
        assert.isTrue(
          entries
            .map((entry) => new URL(entry))
            .some(
              (entry) =>
                entry.protocol === url.protocol &&
                entry.host.toLowerCase() === url.host.toLowerCase() &&
                pathOf(url).startsWith(pathOf(entry))
            ),
          text
        )
        assert.deepStrictEqual([url.username, url.password, url.hash], ["", "", ""])
        assert.notInclude(answer.right, "#")
        assert.isTrue(url.protocol !== "http:" || isLoopback(url.hostname))
      }),
      { numRuns: 5000 }
    )
    assert.isAbove(allowed, 100)
    assert.isAbove(refused, 100)
  })

  it("stays allowed, and stays as it is", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const answer = allow(text, allowlist)
        if (Either.isRight(answer)) assert.strictEqual(judge(answer.right), answer.right)
      }),
      { numRuns: 2000 }
    )
  })
})

describe("withResult", () => {
  const ref = "vs_0123456789abcdefghijklmnopqrstuv"
  const ours = `session_ref=${ref}&result=pass`

  it.each([
    ["https://app.example/done", `https://app.example/done?${ours}`],
    ["https://app.example/", `https://app.example/?${ours}`],
    ["https://app.example/done?", `https://app.example/done?${ours}`],
    ["myapp://verified", `myapp://verified?${ours}`],
    ["myapp://verified/path?a=1", `myapp://verified/path?a=1&${ours}`],
    ["https://app.example/done?a=1&b=2", `https://app.example/done?a=1&b=2&${ours}`],
    ["https://app.example/done?session_ref=vs_other", `https://app.example/done?${ours}`],
    ["https://app.example/done?result=fail&a=1&result", `https://app.example/done?a=1&${ours}`],
    ["https://app.example/done?%73ession_ref=1&r%65sult=2", `https://app.example/done?${ours}`],
    ["https://app.example/done?session%5Fref=1&session%5fref=2", `https://app.example/done?${ours}`],
    [
      "https://app.example/done?Result=1&results=2&xresult=3&session_ref[]=4",
      `https://app.example/done?Result=1&results=2&xresult=3&session_ref[]=4&${ours}`
    ],
    ["https://app.example/done?session+ref=1", `https://app.example/done?session+ref=1&${ours}`],
    ["https://app.example/done??result=1", `https://app.example/done??result=1&${ours}`],
    ["https://app.example/done?a=?result=1", `https://app.example/done?a=?result=1&${ours}`],
    [
      "https://app.example/done?a=%C3%BC+%2B%zz&b&=c&d==",
      `https://app.example/done?a=%C3%BC+%2B%zz&b&=c&d==&${ours}`
    ]
  ])("makes of %j %j", (redirect, expected) =>
    assert.strictEqual(withResult(redirect, ref, "pass"), expected)
  )

  it("says fail as well", () => {
    assert.strictEqual(
      withResult("myapp://verified", ref, "fail"),
      `myapp://verified?session_ref=${ref}&result=fail`
    )
  })

  const piece = fc.oneof(
    fc.constantFrom("session_ref", "%73ession_ref", "result", "resul%74", "a", "b%20c", "?result", "+", "%"),
    fc.stringMatching(/^[a-zA-Z0-9%+?/:@!$'()*,;~_-]{0,6}$/)
  )
  const pair = fc
    .tuple(piece, fc.option(piece, { nil: null }))
    .map(([name, value]) => (value === null ? name : `${name}=${value}`))
  const redirect = fc
    .tuple(
      fc.constantFrom(
        "https://ok.example",
        "https://ok.example/a/b",
        "myapp://verified",
        "myapp://verified/x"
      ),
      fc.array(pair, { maxLength: 6 })
    )
    .map(([base, pairs]) => (pairs.length === 0 ? base : `${base}?${pairs.join("&")}`))
    .filter((text) => Either.isRight(allow(text, allowlist)))
    .map((text) => Either.getOrThrow(allow(text, allowlist)))
  const result = fc.constantFrom("pass" as const, "fail" as const)

  const isOurs = ([name]: [string, string]) => name === "session_ref" || name === "result"
  const others = (url: URL) => [...url.searchParams].filter((each) => !isOurs(each))

  it("changes neither scheme, host nor path, keeps the other parameters, and says ours once", () => {
    fc.assert(
      fc.property(redirect, result, (before, outcome) => {
        const after = withResult(before, ref, outcome)
        const [from, to] = [new URL(before), new URL(after)]
        for (const part of ["protocol", "host", "pathname", "username", "password", "hash"] as const) {
          assert.strictEqual(to[part], from[part])
        }
        assert.deepStrictEqual(others(to), others(from))
        assert.deepStrictEqual([...to.searchParams].filter(isOurs), [
          ["session_ref", ref],
          ["result", outcome]
        ])
        assert.strictEqual(to.href, after)
        for (const part of after
          .slice(after.indexOf("?") + 1)
          .split("&")
          .slice(0, -2)) {
          assert.include(before, part)
        }
      }),
      { numRuns: 2000 }
    )
  })

  it("done twice is done once, and the last one counts", () => {
    fc.assert(
      fc.property(redirect, result, result, (before, first, second) => {
        assert.strictEqual(
          withResult(withResult(before, "vs_first", first), ref, second),
          withResult(before, ref, second)
        )
      })
    )
  })
})
