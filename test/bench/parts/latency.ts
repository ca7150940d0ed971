import { Pool } from "undici"
import { quantile } from "../Load.js"
import { undecided } from "../Population.js"
import { pause } from "../Processes.js"
import { webhookRequest } from "../Requests.js"
import { type Finding, type Part, reached } from "./Part.js"
import { waitingPhone, waitingPhones } from "./Phones.js"
import { onStage } from "./Stage.js"

const goalMillis = 5
const bystanders = 200
const warmUps = 100
const verdicts = 500

const measure = async (): Promise<Finding> => {
  const sessions = undecided(bystanders + warmUps + verdicts)
  return await onStage({ sessions }, async ({ service }) => {
    const others = await waitingPhones(sessions.slice(0, bystanders), service.url)
    const provider = new Pool(service.url)
    const fromSent: Array<number> = []
    const fromAnswered: Array<number> = []
    for (const session of sessions.slice(bystanders)) {
      const phone = waitingPhone(session, service.url)
      await pause(10)
      const request = webhookRequest(session)
      const sentAt = performance.now()
      const answer = await provider.request({ ...request, method: "POST" })
      const answeredAt = performance.now()
      await answer.body.dump()
      const { at, head } = await phone.answered
      if (answer.statusCode !== 200 || !head.includes(" 200")) throw new Error(`the phone was told ${head}`)
      phone.socket.destroy()
      fromSent.push(at - sentAt)
      fromAnswered.push(at - answeredAt)
    }
    for (const { socket } of others) socket.destroy()
    await provider.close()
    const sorted = (all: ReadonlyArray<number>) => Float64Array.from(all.slice(warmUps)).sort()
    const cells = (all: Float64Array) => [quantile(all, 0.5), quantile(all, 0.99)].map((ms) => ms.toFixed(2))
    const sent = sorted(fromSent)
    return {
      tables: [
        {
          columns: [
            "until the waiting phone has its verdict",
            "median ms",
            "p99 ms",
            `at most ${goalMillis}`
          ],
          rows: [
            ["from sending the webhook", ...cells(sent), reached(quantile(sent, 0.5), goalMillis)],
            ["from the answer to the webhook", ...cells(sorted(fromAnswered)), ""]
          ]
        }
      ],
      remarks: [
        `${verdicts} verdicts one after the other while ${bystanders} other phones wait, on one clock, that of the load. Below zero, the phone knew before the provider had its answer; both are sent after the commit.`
      ]
    }
  })
}

export const latency: Part = { name: "latency", title: "From the verdict to the waiting phone", measure }
