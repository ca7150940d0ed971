import type { Moment } from "./contract.js"

/** An id in the page, by which a verdict leads to its event, and an attempt to its action. */
export const anchorOf = ({ id, kind }: Pick<Moment, "id" | "kind">): string | undefined =>
  kind === "event" || kind === "action" ? `${kind}-${id}` : undefined
