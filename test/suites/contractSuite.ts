import type { Service } from "../http/harness.js"
import { operatorAccessSuite } from "./operatorAccessSuite.js"
import { operatorHttpSuite } from "./operatorHttpSuite.js"
import { operatorListsSuite } from "./operatorListsSuite.js"
import { operatorWritesSuite } from "./operatorWritesSuite.js"
import { phoneSuite } from "./phoneSuite.js"
import { protocolSuite } from "./protocolSuite.js"
import { trackHttpSuite } from "./trackHttpSuite.js"
import { webhookSuite } from "./webhookSuite.js"

/** The whole contract over HTTP, each part of it on a service of its own. */
export const contractSuite = (name: string, aService: () => Service) => {
  phoneSuite(name, aService())
  webhookSuite(name, aService())
  protocolSuite(name, aService())
  trackHttpSuite(name, aService())
  operatorAccessSuite(name, aService())
  operatorHttpSuite(name, aService())
  operatorListsSuite(name, aService())
  operatorWritesSuite(name, aService())
}
