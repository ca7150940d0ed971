import { port } from "../Environment.js"
import { serveHono } from "../HonoApp.js"
import { plainBackend } from "../PlainBackend.js"

serveHono(plainBackend(), port())
