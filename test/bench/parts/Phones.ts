import { connect, type Socket } from "node:net"
import { type Seeded, userToken } from "../Population.js"
import { pause } from "../Processes.js"
import { statusRequest } from "../Requests.js"

/** A phone that waits for its verdict, on a connection of its own. */
export interface WaitingPhone {
  /** When the whole answer was there, in milliseconds of this process's clock, and its status line. */
  readonly answered: Promise<{ readonly at: number; readonly head: string }>
  readonly socket: Socket
}

const request = ({ sessionRef, userId }: Seeded, url: URL) => {
  const { headers, path } = statusRequest(sessionRef, userToken(userId))
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    `Authorization: ${headers.authorization}`,
    "Prefer: wait=30",
    "\r\n"
  ].join("\r\n")
}

export const waitingPhone = (session: Seeded, address: string): WaitingPhone => {
  const url = new URL(address)
  const socket = connect(Number(url.port), url.hostname)
  socket.write(request(session, url))
  const answered = new Promise<{ at: number; head: string }>((resolve, reject) => {
    socket.once("error", reject)
    socket.once("close", () => reject(new Error("a phone's connection was closed")))
    socket.once("data", (bytes) => resolve({ at: performance.now(), head: bytes.toString("latin1", 0, 15) }))
  })
  answered.catch(() => undefined)
  return { answered, socket }
}

const batch = 40

/** Many of them, without a flood of connections. */
export const waitingPhones = async (
  sessions: ReadonlyArray<Seeded>,
  url: string
): Promise<ReadonlyArray<WaitingPhone>> => {
  const phones: Array<WaitingPhone> = []
  for (let i = 0; i < sessions.length; i += batch) {
    phones.push(...sessions.slice(i, i + batch).map((session) => waitingPhone(session, url)))
    await pause(20)
  }
  return phones
}
