import { Options } from "@effect/cli"
import { FileSystem } from "@effect/platform"
import { NodeStream } from "@effect/platform-node"
import { Effect, Option, Stream } from "effect"
import { CommandFailed, WrongUsage } from "../Failed.js"
import { type PastedDelivery, readPasted } from "./PastedDelivery.js"

const text = (name: string, pseudoName: string, description: string) =>
  Options.text(name).pipe(
    Options.withPseudoName(pseudoName),
    Options.withDescription(description),
    Options.optional
  )

export const deliveryOptions = {
  delivery: text(
    "delivery",
    "FILE",
    "Checks only the signature of this webhook: a file (- for stdin) with its headers, an empty line and its exact body"
  ),
  body: text("body", "FILE", "The same from its parts: a file with the exact body (- for stdin)"),
  signature: text("signature", "SIGNATURE", "Its header x-verifyhuman-signature"),
  timestamp: text("timestamp", "TIMESTAMP", "Its header x-verifyhuman-timestamp, if there is one")
}

interface Given {
  readonly delivery: Option.Option<string>
  readonly body: Option.Option<string>
  readonly signature: Option.Option<string>
  readonly timestamp: Option.Option<string>
}

const stdin = Stream.runFold(NodeStream.stdin, Buffer.alloc(0), (all, chunk) => Buffer.concat([all, chunk]))

const bytesOf = (file: string): Effect.Effect<Uint8Array, CommandFailed, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => (file === "-" ? stdin : fs.readFile(file))).pipe(
    Effect.mapError(
      () =>
        new CommandFailed({
          message: `${file === "-" ? "stdin" : file} cannot be read: name a file that can.`
        })
    )
  )

/** The delivery that is to be checked, if there is one. */
export const givenDelivery = Effect.fnUntraced(function* (given: Given) {
  const { body, delivery, signature, timestamp } = given
  const inParts = [body, signature, timestamp].some(Option.isSome)
  if (Option.isSome(delivery)) {
    if (inParts) return yield* new WrongUsage({ message: "Give --delivery, or --signature and --body." })
    const pasted = readPasted(yield* bytesOf(delivery.value))
    if (pasted !== null) return Option.some(pasted)
    return yield* new CommandFailed({
      message: "The delivery has no empty line: it must be headers, an empty line, and the exact body."
    })
  }
  if (!inParts) return Option.none<PastedDelivery>()
  if (Option.isNone(body) || Option.isNone(signature)) {
    return yield* new WrongUsage({ message: "--signature and --body are needed together." })
  }
  return Option.some<PastedDelivery>({
    signature: signature.value,
    timestamp: Option.getOrUndefined(timestamp),
    signatures: 1,
    promised: null,
    body: yield* bytesOf(body.value)
  })
})
