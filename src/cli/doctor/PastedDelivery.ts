import type { SignedDelivery } from "../../domain/Signature.js"

/** A webhook as somebody copied it: the first line of the request, if it is there, its headers, an empty line, its body. */
export interface PastedDelivery extends SignedDelivery {
  /** How often the signature header stands there. */
  readonly signatures: number
  /** The length that the headers promise, in bytes. */
  readonly promised: number | null
}

const emptyLine = /\r?\n\r?\n/

/** Reads the raw text of a request; null when it has no empty line. Bytes of the body stay as they are. */
export const readPasted = (bytes: Uint8Array): PastedDelivery | null => {
  const text = Buffer.from(bytes).toString("latin1")
  const end = emptyLine.exec(text)
  if (end === null) return null
  const headers = text
    .slice(0, end.index)
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name, value] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [{ name: name.toLowerCase(), value }]
    })
  const valuesOf = (wanted: string) => headers.filter(({ name }) => name === wanted).map(({ value }) => value)
  const signatures = valuesOf("x-verifyhuman-signature")
  const promised = valuesOf("content-length")[0]
  return {
    signature: signatures[0],
    timestamp: valuesOf("x-verifyhuman-timestamp")[0],
    signatures: signatures.length,
    promised: promised === undefined || !/^\d{1,9}$/.test(promised) ? null : Number(promised),
    body: bytes.subarray(end.index + end[0].length)
  }
}

/** The body, and without the newline that an editor puts at the end of a file. */
export const bodiesOf = ({ body }: SignedDelivery): ReadonlyArray<Uint8Array> => {
  const isNewline = (index: number) => body[index] === 10
  if (!isNewline(body.length - 1)) return [body]
  return [body, body.subarray(0, body[body.length - 2] === 13 ? -2 : -1)]
}
