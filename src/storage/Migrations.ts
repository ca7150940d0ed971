import { Migrator } from "@effect/sql"
import initial from "./migrations/0001_initial.js"

const loader = Migrator.fromRecord({ "0001_initial": initial })

/** Brings the database to this program's schema. */
export const migrate = Migrator.make({})({ loader, table: "schema_migrations" })
