import { Layer } from "effect"
import { inboxLayer } from "../../src/storage/InboxLive.js"
import { sessionRepositoryLayer } from "../../src/storage/SessionRepositoryLive.js"
import { tablesMemory } from "../../src/storage/TablesMemory.js"
import { inboxSuite } from "../suites/inboxSuite.js"
import { repositorySuite } from "../suites/repositorySuite.js"

const layer = Layer.mergeAll(sessionRepositoryLayer, inboxLayer("test")).pipe(Layer.provide(tablesMemory))

repositorySuite("memory", layer)
inboxSuite("memory", layer)
