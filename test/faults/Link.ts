import { connect, type Socket } from "node:net"
import { completion, type Message, messages, refusal, statements, sync } from "./wire.js"

/** What becomes of a statement on its way: `lose` answers it as if it had been done. */
export type Treatment = "pass" | "refuse" | "lose" | "cut" | "cut after" | "hold" | "hold answer"

/** Says what becomes of a statement; `before` are those of the same transaction. */
export type Treat = (statement: string, before: ReadonlyArray<string>) => Treatment

/** One client's connection through the proxy. What is held stays held, even when the client goes. */
export class Link {
  private readonly server: Socket
  private readonly fromClient = messages("client")
  private readonly fromServer = messages("server")
  private readonly statementOf = statements()
  private readonly heldQuestions: Array<Message> = []
  private readonly heldAnswers: Array<Message> = []
  private transaction: Array<string> = []
  private isHeld = false
  private isAnswerHeld = false
  private isCutAfter = false
  private isSkipped = false
  private instead: Buffer | null = null

  constructor(
    private readonly client: Socket,
    port: number,
    private readonly treat: Treat
  ) {
    this.server = connect(port, "127.0.0.1")
    for (const socket of [client, this.server]) socket.on("error", () => undefined)
    client.on("data", (chunk) => this.fromClient(chunk).forEach(this.ask))
    this.server.on("data", (chunk) => this.fromServer(chunk).forEach(this.answer))
    client.on("close", () => this.isHeld || this.server.destroy())
    this.server.on("close", () => client.destroy())
  }

  readonly cut = (): void => {
    this.client.destroy()
    this.server.destroy()
  }

  /** Whether the server has answered what is held back from the client. */
  hasAnswer(): boolean {
    return this.heldAnswers.length > 0
  }

  /** Lets on what was held. */
  release(): void {
    this.isHeld = false
    for (const { bytes } of this.heldQuestions.splice(0)) this.server.write(bytes)
  }

  releaseAnswer(): void {
    this.isAnswerHeld = false
    for (const { bytes } of this.heldAnswers.splice(0)) this.client.write(bytes)
  }

  /** From now on what the server says stays here. */
  holdAnswer(): void {
    this.isAnswerHeld = true
  }

  private readonly ask = (message: Message): void => {
    const statement = this.isHeld ? null : this.statementOf(message)
    if (this.isHeld) this.heldQuestions.push(message)
    else if (statement === null) this.forward(message)
    else {
      if (/^\s*BEGIN/i.test(statement)) this.transaction = []
      const treatment = this.treat(statement, this.transaction)
      this.transaction.push(statement)
      this.doTo(message, treatment, statement)
    }
  }

  private doTo(message: Message, treatment: Treatment, statement: string): void {
    switch (treatment) {
      case "pass":
        this.forward(message)
        break
      case "cut":
        this.cut()
        break
      case "refuse":
      case "lose":
        this.instead = treatment === "refuse" ? refusal : completion(statement.split(" ")[0] ?? "")
        if (message.type === "Q") this.server.write(sync)
        else this.isSkipped = true
        break
      case "hold":
        this.isHeld = true
        this.heldQuestions.push(message)
        break
      default:
        this.isAnswerHeld = treatment === "hold answer"
        this.isCutAfter = treatment === "cut after"
        this.forward(message)
    }
  }

  /** After a statement that went nowhere, so does what belongs to it. */
  private forward(message: Message): void {
    if (message.type === "S") this.isSkipped = false
    if (!this.isSkipped) this.server.write(message.bytes)
  }

  private readonly answer = (message: Message): void => {
    if (this.isCutAfter) this.cut()
    else if (this.isAnswerHeld) this.heldAnswers.push(message)
    else {
      if (this.instead !== null && message.type === "Z") {
        this.client.write(this.instead)
        this.instead = null
      }
      this.client.write(message.bytes)
    }
  }
}
