import { HttpServerError } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { CannotListen, cannotListen } from "../../src/cli/CannotListen.js"

const told = cannotListen({
  host: "192.0.2.1",
  hostSetting: "HOST",
  portSetting: (port) => (port === 3001 ? "SANDBOX_PORT" : "PORT")
})

const fault = (code: string, port?: number) =>
  new HttpServerError.ServeError({
    cause: Object.assign(new Error(`listen ${code}`), { code, ...(port === undefined ? {} : { port }) })
  })

describe("a socket that cannot be opened", () => {
  it.each<[string, number | undefined, string]>([
    ["EADDRINUSE", 3000, "PORT: port 3000 on 192.0.2.1 is in use by another program"],
    ["EADDRINUSE", 3001, "SANDBOX_PORT: port 3001 on 192.0.2.1 is in use by another program"],
    ["EACCES", 80, "PORT: port 80 on 192.0.2.1 may not be used by this user"],
    ["EADDRNOTAVAIL", 3000, "HOST: 192.0.2.1 is not an address of this machine"],
    ["ENOTFOUND", undefined, "HOST: 192.0.2.1 is a name that nobody knows"],
    ["EAI_AGAIN", undefined, "HOST: 192.0.2.1 is a name that cannot be looked up now"],
    ["EODD", 3000, "PORT: port 3000 on 192.0.2.1 cannot be used: listen EODD"]
  ])("%s of port %s", (code, port, message) => {
    const error = told(fault(code, port))
    assert.instanceOf(error, CannotListen)
    assert.strictEqual(error.message, message)
  })

  it("is told from other errors, which stay as they are", () => {
    const other = new Error("other")
    assert.strictEqual(told(other), other)
  })
})
