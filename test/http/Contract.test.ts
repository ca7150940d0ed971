import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { sqliteTables } from "../../src/storage/SqliteDatabase.js"
import { phoneSuite } from "../suites/phoneSuite.js"
import { protocolSuite } from "../suites/protocolSuite.js"
import { webhookSuite } from "../suites/webhookSuite.js"

const sqlite = () => sqliteTables(join(mkdtempSync(join(tmpdir(), "verifyhuman-dropin-")), "contract.db"))

phoneSuite("memory", tablesMemory)
webhookSuite("memory", tablesMemory)
protocolSuite("memory", tablesMemory)

phoneSuite("SQLite", sqlite())
webhookSuite("SQLite", sqlite())
protocolSuite("SQLite", sqlite())
