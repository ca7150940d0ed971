import { Layer } from "effect"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { inboxSuite } from "../suites/inboxSuite.js"
import { repositorySuite } from "../suites/repositorySuite.js"
import { ports } from "../suites/storage.js"

const layer = Layer.provide(ports, tablesMemory)

repositorySuite("memory", layer)
inboxSuite("memory", layer)
