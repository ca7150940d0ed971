/** A time as answers and actions tell it: RFC 3339, UTC, milliseconds. */
export const iso = (millis: number): string => new Date(millis).toISOString()
