import { connect, type Socket } from "node:net"
import { Effect, type Scope } from "effect"

/** A bare TCP connection: exactly what is sent, and exactly what comes back. */
export interface Connection {
  readonly send: (text: string | Uint8Array) => Effect.Effect<void>
  /** Waits until what came back matches, and gives all of it. */
  readonly until: (pattern: RegExp) => Effect.Effect<string>
  /** Waits until the other side is gone, and gives all that came back. */
  readonly closed: Effect.Effect<string>
  readonly hangUp: Effect.Effect<void>
}

const opened = (port: number) =>
  Effect.async<Socket, Error>((resume) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => resume(Effect.succeed(socket)))
    socket.once("error", (error) => resume(Effect.fail(error)))
  })

/** Opens one; fails when nobody listens. */
export const aConnection = (port: number): Effect.Effect<Connection, Error, Scope.Scope> =>
  Effect.gen(function* () {
    const socket = yield* Effect.acquireRelease(opened(port), (socket) => Effect.sync(() => socket.destroy()))
    let received = ""
    let gone = false
    const watchers = new Set<() => void>()
    const look = () => {
      for (const watcher of watchers) watcher()
    }
    socket.on("error", () => {})
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1")
      look()
    })
    socket.on("close", () => {
      gone = true
      look()
    })

    const when = (isTime: () => boolean) =>
      Effect.async<string>((resume) => {
        const watcher = () => {
          if (!isTime()) return
          watchers.delete(watcher)
          resume(Effect.succeed(received))
        }
        watchers.add(watcher)
        watcher()
      })

    return {
      send: (text) => Effect.sync(() => void socket.write(text)),
      until: (pattern) =>
        Effect.tap(
          when(() => pattern.test(received) || gone),
          (text) =>
            pattern.test(text) ? Effect.void : Effect.dieMessage(`closed before ${pattern}: ${text}`)
        ),
      closed: when(() => gone),
      hangUp: Effect.sync(() => socket.destroy())
    }
  })

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The head of a request. Ask for `Expect: 100-continue` to learn that the other side has it. */
export const head = ({ headers = {}, method, path }: RawRequest): string => {
  const lines = Object.entries({ host: "service", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`
  )
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`
}

/** The status and the body of the last answer on a connection. */
export const lastAnswer = (received: string) => {
  const [, code = "", headers = "", body = ""] =
    /^.*HTTP\/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n(.*)$/s.exec(received) ?? []
  return { status: Number(code), headers: headers.toLowerCase(), body }
}
