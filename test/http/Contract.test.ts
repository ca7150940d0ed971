import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sqliteTables } from "../../src/storage/SqliteDatabase.js"
import { aDatabase } from "../postgres/database.js"
import { contractSuite } from "../suites/contractSuite.js"
import { ofOneProcess, service, serviceOn } from "./harness.js"
import { threeNodes } from "./threeNodes.js"

const file = () => join(mkdtempSync(join(tmpdir(), "verifyhuman-dropin-")), "contract.db")

contractSuite("memory", () => service)
contractSuite(
  "memory, by the framework's way alone",
  () =>
    (overrides = {}) =>
      service({ fastLane: false, ...overrides })
)
contractSuite("SQLite", () => serviceOn(ofOneProcess(sqliteTables(file()))))
contractSuite("PostgreSQL", () => serviceOn(aDatabase))
contractSuite("PostgreSQL, three nodes", () => threeNodes)
