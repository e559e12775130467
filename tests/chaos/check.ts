// Knows how a proof says what it found: a name, a value, its limit, and whether that is kept.

export interface Check {
  name: string
  value: number
  /** Such as `0`, `≤ 21` or `> 0`. */
  limit: string
  ok: boolean
}

/** Where a machine does not allow a proof, it says why: that is neither a pass nor a failure. */
export interface Skipped {
  skipped: string
}

export const exactly = (name: string, value: number, limit: number): Check => ({
  name,
  value,
  limit: String(limit),
  ok: value === limit,
})

export const atMost = (name: string, value: number, limit: number): Check => ({
  name,
  value,
  limit: `≤ ${limit}`,
  ok: value <= limit,
})

/** A proof of nothing is none, and a control that finds nothing neither. */
export const moreThan = (name: string, value: number, limit: number): Check => ({
  name,
  value,
  limit: `> ${limit}`,
  ok: value > limit,
})

export const formatCheck = ({ name, value, limit, ok }: Check): string =>
  `${name}  ${Number.isInteger(value) ? value : value.toFixed(2)}  ${limit}  ${ok ? 'PASS' : 'FAIL'}`
