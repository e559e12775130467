// The result of one check of an experiment: a name, a value, its limit, and whether the value keeps the limit.

export interface Check {
  name: string
  value: number
  /** Such as `0`, `≤ 21` or `> 0`. */
  limit: string
  ok: boolean
  /** Of a check of time or speed: whether it holds for a machine that other work makes ten times as slow. */
  okWhenBusy?: boolean
}

/** Why this machine cannot run an experiment. That is neither a pass nor a failure. */
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

/** Checks that something was proved at all, and that a control finds what it must. */
export const moreThan = (name: string, value: number, limit: number): Check => ({
  name,
  value,
  limit: `> ${limit}`,
  ok: value > limit,
})

/** A limit of time. */
export const within = (name: string, value: number, limit: number): Check => ({
  ...atMost(name, value, limit),
  okWhenBusy: value <= 10 * limit,
})

/** A lower limit of speed. */
export const fasterThan = (name: string, value: number, limit: number): Check => ({
  ...moreThan(name, value, limit),
  okWhenBusy: value > limit / 10,
})

/** One line for a person: `undelivered at the end  0  0  PASS`. */
export const formatCheck = ({ name, value, limit, ok }: Check): string =>
  `${name}  ${Number.isInteger(value) ? value : value.toFixed(2)}  ${limit}  ${ok ? 'PASS' : 'FAIL'}`
