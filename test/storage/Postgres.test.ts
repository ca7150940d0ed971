import { Layer } from "effect"
import { onPostgres } from "../postgres/database.js"
import { expirySuite } from "../suites/expirySuite.js"
import { inboxSuite } from "../suites/inboxSuite.js"
import { operatorSuite } from "../suites/operatorSuite.js"
import { outboxSuite } from "../suites/outboxSuite.js"
import { repositorySuite } from "../suites/repositorySuite.js"
import { testPorts } from "../suites/storage.js"
import { trackingSuite } from "../suites/trackingSuite.js"

const layer = Layer.provide(testPorts, onPostgres)

repositorySuite("PostgreSQL", layer)
inboxSuite("PostgreSQL", layer)
outboxSuite("PostgreSQL", layer)
trackingSuite("PostgreSQL", layer)
expirySuite("PostgreSQL", layer)
operatorSuite("PostgreSQL", layer)
