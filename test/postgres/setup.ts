import type { TestProject } from "vitest/node"
import { startPostgres } from "./server.js"

declare module "vitest" {
  export interface ProvidedContext {
    /** Of a server on which tests may make databases. */
    readonly postgresUrl: string
  }
}

/** One PostgreSQL for all test files; `TEST_POSTGRES_URL` names another that is there already. */
export default async ({ provide }: TestProject) => {
  const given = process.env["TEST_POSTGRES_URL"]
  if (given !== undefined && given !== "") return provide("postgresUrl", given)
  const server = await startPostgres()
  provide("postgresUrl", server.url)
  return server.remove
}
