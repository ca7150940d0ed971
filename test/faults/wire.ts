/** A message of PostgreSQL's protocol; the first one of a client has no type. */
export interface Message {
  readonly type: string
  readonly bytes: Buffer
}

/** Cuts what arrives into whole messages. */
export const messages = (from: "client" | "server") => {
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = from === "client"
  return (chunk: Buffer): ReadonlyArray<Message> => {
    rest = Buffer.concat([rest, chunk])
    const whole: Array<Message> = []
    while (true) {
      const start = isFirst ? 0 : 1
      if (rest.length < start + 4) return whole
      const end = start + rest.readInt32BE(start)
      if (rest.length < end) return whole
      whole.push({ type: isFirst ? "" : String.fromCharCode(rest[0] ?? 0), bytes: rest.subarray(0, end) })
      rest = rest.subarray(end)
      isFirst = false
    }
  }
}

const texts = (bytes: Buffer, from: number) => bytes.subarray(from).toString("utf8").split("\0")

/** The statement that a client's message runs: its text, or that of a statement which it prepared before. */
export const statements = () => {
  const prepared = new Map<string, string>()
  return ({ bytes, type }: Message): string | null => {
    if (type === "") return `STARTUP ${texts(bytes, 8).join(" ")}`
    if (type === "Q") return texts(bytes, 5)[0] ?? ""
    const [first = "", second = ""] = texts(bytes, 5)
    if (type === "P") prepared.set(first, second)
    return type === "B" ? (prepared.get(second) ?? "") : null
  }
}

const message = (type: string, body: string) => {
  const bytes = Buffer.from(`${type}\0\0\0\0${body}`, "utf8")
  bytes.writeInt32BE(bytes.length - 1, 1)
  return bytes
}

export const sync = message("S", "")
export const refusal = message("E", "SERROR\0VERROR\0C0A000\0Mnot here\0\0")
export const completion = (tag: string) => message("C", `${tag}\0`)
