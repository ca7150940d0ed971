import { Command } from "@effect/cli"
import { OpenApi } from "@effect/platform"
import { Console } from "effect"
import { Api } from "../http/Api.js"

export const openapi = Command.make("openapi", {}, () =>
  Console.log(JSON.stringify(OpenApi.fromApi(Api), null, 2))
).pipe(Command.withDescription("Prints the OpenAPI 3.1 description of the service."))
