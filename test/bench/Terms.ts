/** What the contestants and whoever calls them agree on; none of it is secret. */
export const jwtSecret = "bench-jwt-secret-of-more-than-32-bytes"
export const webhookSecret = "whsec_YmVuY2gtd2ViaG9vay1zZWNyZXQ"
export const providerKey = "vhk_test_bench"
export const product = "verifyidentity"
export const environment = "test"

export const statusPath = "/api/verify-status"
export const startPath = "/api/start-verification"
export const webhookPath = "/api/webhooks/verifyhuman"
export const readyPath = "/health/ready"

export const signatureHeader = "x-verifyhuman-signature"
export const timestampHeader = "x-verifyhuman-timestamp"

/** Seconds by which a signed timestamp may differ from now. */
export const toleranceSeconds = 300
/** New sessions of a user within an hour. */
export const startLimit = 5
