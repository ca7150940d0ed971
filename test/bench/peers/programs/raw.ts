import { port } from "../Environment.js"
import { plainBackend } from "../PlainBackend.js"
import { serveRaw } from "../RawApp.js"

serveRaw(plainBackend(), port())
