/**
 * How long to wait before attempt `attempt + 1`, in milliseconds: doubling from `base` up to `cap`, of which `random`
 * (0 to 1) takes away up to half, so that many clients do not come back together.
 */
export const backoffMillis = (attempt: number, random: number, base = 200, cap = 2000): number =>
  Math.min(cap, base * 2 ** Math.max(0, attempt - 1)) * (1 - random / 2)
