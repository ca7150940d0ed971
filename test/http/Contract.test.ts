import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { tablesMemory } from "../../src/storage/memory/TablesMemory.js"
import { sqliteTables } from "../../src/storage/SqliteDatabase.js"
import { operatorAccessSuite } from "../suites/operatorAccessSuite.js"
import { operatorHttpSuite } from "../suites/operatorHttpSuite.js"
import { operatorWritesSuite } from "../suites/operatorWritesSuite.js"
import { phoneSuite } from "../suites/phoneSuite.js"
import { protocolSuite } from "../suites/protocolSuite.js"
import { trackHttpSuite } from "../suites/trackHttpSuite.js"
import { webhookSuite } from "../suites/webhookSuite.js"

const sqlite = () => sqliteTables(join(mkdtempSync(join(tmpdir(), "verifyhuman-dropin-")), "contract.db"))

phoneSuite("memory", tablesMemory)
webhookSuite("memory", tablesMemory)
protocolSuite("memory", tablesMemory)
trackHttpSuite("memory", tablesMemory)
operatorAccessSuite("memory", tablesMemory)
operatorHttpSuite("memory", tablesMemory)
operatorWritesSuite("memory", tablesMemory)

phoneSuite("SQLite", sqlite())
webhookSuite("SQLite", sqlite())
protocolSuite("SQLite", sqlite())
trackHttpSuite("SQLite", sqlite())
operatorAccessSuite("SQLite", sqlite())
operatorHttpSuite("SQLite", sqlite())
operatorWritesSuite("SQLite", sqlite())
