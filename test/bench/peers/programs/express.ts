import { port } from "../Environment.js"
import { serveExpress } from "../ExpressApp.js"
import { plainBackend } from "../PlainBackend.js"

serveExpress(plainBackend(), port())
