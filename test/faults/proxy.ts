import { createServer, type Server } from "node:net"
import { Effect } from "effect"
import { Link, type Treat } from "./Link.js"

/** What stands between a node and its PostgreSQL, and can do to it what a network and a pooler do. */
export const aProxy = (database: string) =>
  Effect.gen(function* () {
    const links = new Set<Link>()
    let treat: Treat = () => "pass"
    const server = yield* Effect.acquireRelease(
      Effect.async<Server>((resume) => {
        const server = createServer((socket) => {
          const link: Link = new Link(socket, Number(new URL(database).port), (statement, before) => {
            const treatment = treat(statement, before)
            if (treatment.startsWith("hold")) held.push(link)
            return treatment
          })
          links.add(link)
          socket.once("close", () => links.delete(link))
        }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          for (const link of [...links, ...held]) link.cut()
        })
    )
    const held: Array<Link> = []
    const address = server.address()
    const url = new URL(database)
    url.port = String(typeof address === "object" ? address?.port : 0)
    return {
      /** The database's address by way of the proxy. */
      url: url.href,
      /** The links on which something is, or was, held. */
      held: held as ReadonlyArray<Link>,
      /** From now on. */
      treat: (next: Treat) =>
        Effect.sync(() => {
          treat = next
        })
    }
  })

/** Treats so the first statement of which this is true. */
export const once = (treat: Treat): Treat => {
  let isOver = false
  return (statement, before) => {
    const treatment = isOver ? "pass" : treat(statement, before)
    isOver ||= treatment !== "pass"
    return treatment
  }
}
