import { port } from "../Environment.js"
import { serveRaw } from "../RawApp.js"
import { tunedBackend } from "../TunedBackend.js"

serveRaw(tunedBackend(), port())
