import { Layer } from "effect"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { expirySuite } from "../suites/expirySuite.js"
import { inboxSuite } from "../suites/inboxSuite.js"
import { operatorSuite } from "../suites/operatorSuite.js"
import { outboxSuite } from "../suites/outboxSuite.js"
import { repositorySuite } from "../suites/repositorySuite.js"
import { testPorts } from "../suites/storage.js"
import { trackingSuite } from "../suites/trackingSuite.js"

const layer = Layer.provide(testPorts, tablesMemory)

repositorySuite("memory", layer)
inboxSuite("memory", layer)
outboxSuite("memory", layer)
trackingSuite("memory", layer)
expirySuite("memory", layer)
operatorSuite("memory", layer)
