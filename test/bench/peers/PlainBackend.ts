import type { Backend } from "./Backend.js"
import { verifiedUser } from "./Credentials.js"
import { open } from "./Database.js"
import { databaseFile } from "./Environment.js"
import { generateByFetch } from "./Generate.js"
import { isSigned } from "./Signature.js"
import { makeStart } from "./Starting.js"
import { prepare } from "./Statements.js"
import { applyWebhook, readWebhook } from "./Webhook.js"

/** As a team would write it: each request on its own, one durable transaction for each that writes. */
export const plainBackend = (): Backend => {
  const database = open(databaseFile())
  const statements = prepare(database)
  const apply = database.transaction(applyWebhook).immediate

  return {
    userOf: verifiedUser,
    status: (userId, sessionRef) => statements.find.get(sessionRef, userId),
    start: makeStart(statements, generateByFetch(), (session) => {
      statements.insertSession.run(session)
    }),
    receive: (body, signature, timestamp) => {
      if (!isSigned(body, signature, timestamp)) return false
      const webhook = readWebhook(body)
      if (webhook !== null) apply(statements, webhook)
      return true
    },
    ping: () => void statements.ping.get()
  }
}
