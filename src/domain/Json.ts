export type JsonRecord = Readonly<Record<string, unknown>>

export const isJsonRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const stringOrNull = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null
