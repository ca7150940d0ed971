import { DateTime } from "effect"

/** A time as every answer tells it: RFC 3339, UTC, milliseconds. */
export const iso = (millis: number): string => DateTime.formatIso(DateTime.unsafeMake(millis))
