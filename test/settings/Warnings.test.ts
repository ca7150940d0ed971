import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { read, real, type Variables } from "./reading.js"

const warnings = (variables: Variables) => Effect.map(read(variables), ({ warnings }) => warnings)

describe("the warning of the sandbox on the network", () => {
  const lets = (host: string) => `HOST=${host} lets the network reach the sandbox, which verifies nobody`

  it.effect("is for any address that others can reach", () =>
    Effect.gen(function* () {
      for (const HOST of ["0.0.0.0", "::", "192.168.1.5", "build-machine"]) {
        const given = yield* warnings({ HOST, PUBLIC_URL: "http://192.168.1.5:3000" })
        assert.deepStrictEqual(given, [lets(HOST)])
      }
    })
  )

  it.effect("is not for this machine alone, nor where users are verified", () =>
    Effect.gen(function* () {
      for (const HOST of ["127.0.0.1", "127.1.2.3", "::1", "0:0:0:0:0:0:0:1", "localhost", "LOCALHOST"]) {
        assert.deepStrictEqual(yield* warnings({ HOST }), [], HOST)
      }
      assert.deepStrictEqual(yield* warnings({ ...real, HOST: "0.0.0.0" }), [])
    })
  )

  it.effect("also says when PUBLIC_URL would lead a phone to itself", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* warnings({ HOST: "0.0.0.0" }), [
        lets("0.0.0.0"),
        "PUBLIC_URL=http://localhost:3000 leads a phone to itself: it needs this machine's address in the network"
      ])
    })
  )
})

describe("the warning of a Flow URL that gives the provider nothing to echo", () => {
  it.effect("is for one without {session_ref}", () =>
    Effect.gen(function* () {
      for (const VERIFYHUMAN_FLOW_URL of [
        "https://app.verifyhuman.io/flow/f",
        "https://app.verifyhuman.io/flow/f?ref={sessionRef}"
      ]) {
        assert.deepStrictEqual(yield* warnings({ ...real, VERIFYHUMAN_FLOW_URL }), [
          "VERIFYHUMAN_FLOW_URL has no {session_ref}: the provider has nothing to echo, its sessions cannot be confirmed and stay pending"
        ])
      }
    })
  )

  it.effect("is not for one with it", () =>
    Effect.gen(function* () {
      for (const VERIFYHUMAN_FLOW_URL of [
        "https://app.verifyhuman.io/flow/f?ref={session_ref}",
        "https://app.verifyhuman.io/flow/{session_ref}/x?again={session_ref}"
      ]) {
        assert.deepStrictEqual(yield* warnings({ ...real, VERIFYHUMAN_FLOW_URL }), [])
      }
    })
  )
})

describe("the warning of plain http", () => {
  it.effect("is for what carries the private key or tells who users are, off this machine", () =>
    Effect.gen(function* () {
      const plain = {
        ...real,
        VERIFYHUMAN_BASE_URL: "http://proxy.internal",
        AUTH_JWKS_URL: "HTTP://sign-in.internal/jwks"
      }
      assert.deepStrictEqual(yield* warnings(plain), [
        "VERIFYHUMAN_BASE_URL is plain http: whoever is on the way can read the private key",
        "AUTH_JWKS_URL is plain http: whoever is on the way can sign in as anybody"
      ])
    })
  )

  it.effect("is not for https, this machine or the sandbox", () =>
    Effect.gen(function* () {
      for (const variables of [
        { ...real, VERIFYHUMAN_BASE_URL: "https://proxy.internal", AUTH_JWKS_URL: "https://sign-in/jwks" },
        { ...real, VERIFYHUMAN_BASE_URL: "http://localhost:1", AUTH_JWKS_URL: "http://[::1]:2/jwks" },
        { VERIFYHUMAN_BASE_URL: "http://sandbox.internal", AUTH_JWKS_URL: "http://sign-in.internal/jwks" }
      ]) {
        assert.deepStrictEqual(yield* warnings(variables), [])
      }
    })
  )
})

describe("the warning of a database that can be read along", () => {
  const told = "DATABASE_URL has no sslmode: whoever is on the way to PostgreSQL can read along"

  it.effect("is for another machine without sslmode, where real users are verified", () =>
    Effect.gen(function* () {
      const DATABASE_URL = "postgres://u:p@db.internal/a"
      assert.deepStrictEqual(yield* warnings({ ...real, DATABASE_URL }), [told])
      assert.deepStrictEqual(yield* warnings({ DATABASE_URL }), [])
    })
  )

  it.effect("is not for an encrypted connection, nor for this machine", () =>
    Effect.gen(function* () {
      for (const DATABASE_URL of [
        "postgres://u:p@db.internal/a?sslmode=verify-full",
        "postgres://u:p@127.0.0.1/a",
        "postgres://u:p@localhost:5433/a"
      ]) {
        assert.deepStrictEqual(yield* warnings({ ...real, DATABASE_URL }), [], DATABASE_URL)
      }
    })
  )
})

describe("the warning of a webhook secret that can be guessed", () => {
  const told = "VERIFYHUMAN_WEBHOOK_SECRETS has a secret that can be guessed: whoever does can forge webhooks"
  const given = (secrets: string) => warnings({ ...real, VERIFYHUMAN_WEBHOOK_SECRETS: secrets })

  it.effect("is for a short one, or one of the documents, among any", () =>
    Effect.gen(function* () {
      const { VERIFYHUMAN_WEBHOOK_SECRETS: good } = real
      for (const secrets of ["x", "whsec_…", `${good},fifteen_letters`, "whsec_…_of_the_dashboard"]) {
        assert.deepStrictEqual(yield* given(secrets), [told], secrets)
      }
    })
  )

  it.effect("is not for one of 16 characters, nor in the sandbox", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* given("sixteen_letters_"), [])
      assert.deepStrictEqual(yield* warnings({ VERIFYHUMAN_WEBHOOK_SECRETS: "x" }), [])
    })
  )
})
