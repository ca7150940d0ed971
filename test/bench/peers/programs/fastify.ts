import { port } from "../Environment.js"
import { serveFastify } from "../FastifyApp.js"
import { plainBackend } from "../PlainBackend.js"

await serveFastify(plainBackend(), port())
