import { NodeRuntime } from "@effect/platform-node"
import { cli } from "./cli/Cli.js"

NodeRuntime.runMain(cli, { disableErrorReporting: true, disablePrettyLogger: true })
