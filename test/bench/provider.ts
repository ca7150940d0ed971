import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import { readyPath } from "./Terms.js"

const answerMillis = 1
const hourMillis = 3_600_000

const hosted = () => {
  const token = randomBytes(24).toString("base64url")
  return JSON.stringify({
    hosted_url: `https://app.verifyhuman.io/hosted/v/${token}`,
    token,
    expires_at: new Date(Date.now() + hourMillis).toISOString()
  })
}

/** A stand-in for VerifyHuman that answers each start after a millisecond. */
createServer((request, response) => {
  if (request.url === readyPath) return void response.end()
  request.resume().on("end", () =>
    setTimeout(() => {
      response.writeHead(201, { "content-type": "application/json" }).end(hosted())
    }, answerMillis)
  )
}).listen(Number(process.env["PORT"]), "127.0.0.1")
