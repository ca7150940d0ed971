import { createHmac } from "node:crypto"
import { assert } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { freePort, scratchDirectory, serve } from "../e2e/process.js"
import { adminToken, jwtSecret, readToken } from "../http/harness.js"
import { ranToItsEnd } from "./commandLine.js"

export const secrets = ["whsec_of_the_first", "whsec_of_the_second"] as const

/** A test that runs some twenty of them, beside others. */
export const manyProcesses = 120_000

/** None of these is ever to be seen. */
export const hidden = [...secrets, adminToken, readToken, jwtSecret]

/** A place where the service can run in the sandbox, and the command line beside it. */
export const aPlace = Effect.gen(function* () {
  const cwd = yield* scratchDirectory
  const port = yield* freePort
  const sandboxPort = yield* freePort
  const env: Readonly<Record<string, string>> = {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DATABASE_URL: "sqlite::memory:",
    ADMIN_TOKENS: adminToken,
    ADMIN_READ_TOKENS: readToken,
    AUTH_JWT_SECRET: jwtSecret,
    VERIFYHUMAN_WEBHOOK_SECRETS: secrets.join(",")
  }
  const run = (args: ReadonlyArray<string>, changes: Readonly<Record<string, string>> = {}) =>
    ranToItsEnd(args, { cwd, env: { ...env, ...changes } })

  /** What a command prints that must end well. */
  const json = Effect.fnUntraced(function* (
    args: ReadonlyArray<string>,
    changes: Readonly<Record<string, string>> = {}
  ) {
    const { code, stderr, stdout } = yield* run(args, changes)
    assert.deepStrictEqual([code, stderr], [0, ""], `${args.join(" ")}\n${stdout}${stderr}`)
    return JSON.parse(stdout)
  })

  /** What a command says that must fail, in one line and without a secret. */
  const failure = Effect.fnUntraced(function* (
    args: ReadonlyArray<string>,
    changes: Readonly<Record<string, string>> = {}
  ) {
    const { code, stderr, stdout } = yield* run(args, changes)
    assert.strictEqual(code, 1, `${args.join(" ")}\n${stdout}${stderr}`)
    assert.match(stderr, /^[^\n]+\n$/)
    for (const secret of hidden) assert.notInclude(stdout + stderr, secret)
    return stderr.trimEnd()
  })

  return { cwd, port, env, run, json, failure }
})

const posted = (url: string, headers: Record<string, string>, body?: string) =>
  Effect.promise(async () => {
    const response = await fetch(url, {
      method: "POST",
      headers: { connection: "close", "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body })
    })
    return { status: response.status, json: (await response.json()) as Record<string, string> }
  })

/** The whole service in the sandbox, as a process of its own. */
export const aSandbox = (changes: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const place = yield* aPlace
    const { url } = yield* serve(place.port, { cwd: place.cwd, env: { ...place.env, ...changes } })

    const start = Effect.fnUntraced(function* (user: string) {
      const signedIn = yield* posted(`${url}/demo/sign-in`, {}, JSON.stringify({ user }))
      const started = yield* posted(`${url}/api/start-verification`, {
        authorization: `Bearer ${signedIn.json.token}`
      })
      assert.strictEqual(started.status, 201)
      const { hosted_verification_url, session_ref } = started.json
      return {
        sessionRef: String(session_ref),
        token: String(hosted_verification_url).split("/").at(-1) ?? ""
      }
    })

    const deliver = Effect.fnUntraced(function* (body: unknown) {
      const text = JSON.stringify(body)
      const signature = createHmac("sha256", secrets[0]).update(text).digest("hex")
      const { status } = yield* posted(
        `${url}/api/webhooks/verifyhuman`,
        { "x-verifyhuman-signature": `sha256=${signature}` },
        text
      )
      assert.strictEqual(status, 200)
    })

    return { ...place, url, start, deliver }
  })

/** Asks again and again until it is so. */
export const until = <A, R>(ask: Effect.Effect<A, never, R>, isSo: (answer: A) => boolean) =>
  Effect.filterOrFail(ask, isSo, (answer) => `it stayed ${JSON.stringify(answer)}`).pipe(
    Effect.retry(Schedule.spaced("100 millis").pipe(Schedule.upTo("20 seconds"))),
    Effect.orDie
  )
