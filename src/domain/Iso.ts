/** A time as answers and actions tell it: RFC 3339, UTC, milliseconds. */
export const iso = (millis: number): string => new Date(millis).toISOString()

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/i

/** The milliseconds of an RFC 3339 time, seconds left out or not; null for any other text. */
export const millisOf = (text: string): number | null => {
  const millis = form.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(millis) ? null : millis
}
