/** A time as every answer tells it: RFC 3339, UTC, milliseconds. */
export const iso = (millis: number): string => new Date(millis).toISOString()
