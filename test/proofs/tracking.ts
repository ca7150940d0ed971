import { identifier } from "../../src/domain/Correlation.js"
import type { Product } from "../../src/domain/Product.js"
import type { TrackingRequest } from "../../src/sessions/SessionRepository.js"
import { aReservation, aSession } from "../suites/fixtures.js"

interface Tracked {
  readonly id: string
  readonly product: Product
  readonly user: number
}

/** A session of the app's own SDK, as the service is told of it. */
export const trackingOf = (
  ref: string,
  { id, product, user }: Tracked,
  now: number,
  { limits, pollAfter }: Pick<TrackingRequest, "limits"> & { readonly pollAfter: number }
): TrackingRequest => {
  const request = aReservation({ userId: `user ${user}`, fingerprint: id, now })
  return {
    session: aSession({ ...request, sessionRef: ref }, { product, model: "mobile", hostedUrl: null }),
    identifier: identifier("session_id", id),
    poll: {
      sessionRef: ref,
      environment: "test",
      product,
      providerSessionId: id,
      attempts: 0,
      nextAt: now + pollAfter
    },
    limits
  }
}
