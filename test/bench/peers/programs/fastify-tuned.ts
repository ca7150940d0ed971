import { port } from "../Environment.js"
import { serveFastify } from "../FastifyApp.js"
import { tunedBackend } from "../TunedBackend.js"

await serveFastify(tunedBackend(), port())
