/** What follows from one answer of a vendor: a line of the log, and the parts of a refused batch. Pure. */
import type { Attempt } from '../store/store.js'
import type { Outcome } from '../vendors/vendor.js'

export function attemptOf(outcome: Outcome, at: number, durationMs: number): Attempt {
  const { kind, code, message, requestId } = outcome
  return {
    at,
    durationMs,
    outcome: kind,
    ambiguous: kind === 'ambiguous',
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(requestId !== undefined && { requestId }),
  }
}

/** Whether the vendor itself has looked beyond the credentials: trouble on the way tells nothing of them. */
export const tookCredentials = ({ kind, code }: Outcome) =>
  kind === 'delivered' || (kind === 'refused' && code !== undefined)

/** The events at fault alone and the rest together; without such knowledge two halves. */
export function partsOf<One>(batch: readonly One[], culprits: readonly number[]): One[][] {
  const named = [...new Set(culprits)].filter((index) => index < batch.length)
  if (named.length === 0) {
    const half = Math.ceil(batch.length / 2)
    return [batch.slice(0, half), batch.slice(half)]
  }
  return [
    ...named.map((index) => batch.slice(index, index + 1)),
    batch.filter((_, index) => !named.includes(index)),
  ]
}
