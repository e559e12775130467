/** Decides what follows from each answer of a vendor: settlements, smaller batches, a pause, a wait. Pure. */
import type { Delivery, Settlement } from '../store/store.js'
import type { Mapped, Outcome, Vendor } from '../vendors/vendor.js'
import { alertThresholds, backoff, expiryReason, probeMs, throttleDelay } from './policy.js'
import { splitBatch } from './split.js'

/** What the worker of a connection remembers between two requests. Times are monotonic milliseconds. */
export interface WorkerState {
  /** Failures in a row. */
  readonly failures: number
  /** When the first of these failures happened. */
  readonly failingSince: number
  /** The connection claims and sends nothing before this time. */
  readonly notBefore: number
}

export const initialState: WorkerState = { failures: 0, failingSince: 0, notBefore: 0 }

/** When an answer arrived, and a random number for the length of a wait. */
export interface Moment {
  /** Unix milliseconds. */
  now: number
  /** Monotonic milliseconds. */
  uptime: number
  /** From 0 to 1. */
  random: number
}

/** A delivery and its event in the vendor's form. */
export interface Prepared {
  delivery: Delivery
  mapped: Mapped
}

export interface Answer {
  /** At least one delivery. */
  batch: readonly Prepared[]
  outcome: Outcome
  /** The request was the probe of a paused connection. */
  isProbe: boolean
}

/** Send these batches next: they hold each delivery of the refused batch once. */
export interface SplitDecision {
  kind: 'split'
  batches: Prepared[][]
}

/** Settle each delivery, with the request as an attempt. */
export interface SettleDecision {
  kind: 'settle'
  settlements: Settlement[]
  /** The vendor accepted the credentials of a paused connection. */
  isPauseOver: boolean
  /** The number of failures in a row has reached a threshold: log an error. */
  isAlert: boolean
}

/** Pause the connection and release its deliveries: no event is at fault, so no attempt is counted. */
export interface PauseDecision {
  kind: 'pause'
  reason: string
  settlements: Settlement[]
}

export type Decision = SplitDecision | SettleDecision | PauseDecision

export interface Transition {
  state: WorkerState
  decision: Decision
}

/** Decides what follows from the answer to one request. */
export function next(state: WorkerState, answer: Answer, moment: Moment): Transition {
  switch (answer.outcome.kind) {
    case 'delivered':
      return endSeries(state, answer, { state: 'delivered' })
    case 'refused':
      if (answer.batch.length > 1) return split(state, answer, answer.outcome.invalidIndexes)
      return endSeries(state, answer, { state: 'failed', reason: answer.outcome.message ?? 'refused' })
    case 'credentials_refused':
      return pause(state, answer, moment)
    case 'not_sent':
    case 'ambiguous':
    case 'throttled':
      return planRetry(state, answer, moment)
  }
}

/** The store could not be read or written: the connection waits, at most 5 min however long the store fails. */
export function afterStoreError(state: WorkerState, { uptime, random }: Omit<Moment, 'now'>): WorkerState {
  const failed = countFailure(state, uptime)
  return { ...failed, notBefore: uptime + backoff(failed.failures, random) }
}

/** How many deliveries to claim: a full batch, but one after a failure, as a batch would be released each time. */
export const claimLimit = ({ failures }: WorkerState, batchSize: number): number =>
  failures > 0 ? 1 : batchSize

/** Whether a request may start: the connection does not wait, and the lease lasts long enough. */
export const maySend = ({ notBefore }: WorkerState, uptime: number, startBy: number): boolean =>
  uptime >= notBefore && uptime <= startBy

/** Maps claimed deliveries. Expired ones, and those without a format at the vendor, are settled without a request. */
export function prepare(
  deliveries: readonly Delivery[],
  map: Vendor['map'],
  now: number,
): { batch: Prepared[]; settlements: Settlement[] } {
  const batch: Prepared[] = []
  const settlements: Settlement[] = []
  for (const delivery of deliveries) {
    const { id, event } = delivery
    const expired = expiryReason(delivery, now)
    const mapped = expired === undefined ? map(event) : undefined
    if (expired !== undefined) settlements.push({ id, state: 'failed', reason: expired })
    else if (mapped === undefined) settlements.push({ id, state: 'skipped', reason: 'unmappable' })
    else batch.push({ delivery, mapped })
  }
  return { batch, settlements }
}

/** Settlements that make unsent deliveries due at once, for any worker. @param now Unix milliseconds */
export const release = (batch: readonly Prepared[], now: number): Settlement[] =>
  batch.map(({ delivery: { id, event } }) => ({ id, state: 'pending', dueAt: queuePosition(event, now) }))

/** The vendor read the batch: the series of failures is over. */
function endSeries(
  state: WorkerState,
  { batch, outcome, isProbe }: Answer,
  result: Omit<Settlement, 'id'>,
): Transition {
  // A refusal without a code may come from a proxy, which has not checked the credentials.
  const acceptsCredentials = outcome.kind === 'delivered' || outcome.code !== undefined
  return {
    state: { ...state, failures: 0 },
    decision: {
      kind: 'settle',
      settlements: batch.map(({ delivery: { id } }) => ({ id, ...result })),
      isPauseOver: isProbe && acceptsCredentials,
      isAlert: false,
    },
  }
}

const split = (
  state: WorkerState,
  { batch }: Answer,
  invalidIndexes: readonly number[] = [],
): Transition => ({
  state,
  decision: { kind: 'split', batches: splitBatch(batch, invalidIndexes) },
})

/** The connection waits until the next probe, or until the owner replaces the credentials. */
const pause = (state: WorkerState, { batch, outcome }: Answer, { now, uptime }: Moment): Transition => ({
  state: { ...state, notBefore: uptime + probeMs },
  decision: { kind: 'pause', reason: outcome.message ?? 'refused', settlements: release(batch, now) },
})

/** The connection waits as a whole, so its deliveries are due at once and keep their order. */
function planRetry(
  state: WorkerState,
  { batch, outcome }: Answer,
  { now, uptime, random }: Moment,
): Transition {
  const failed = countFailure(state, uptime)
  const backoffMs = backoff(failed.failures, random, uptime - failed.failingSince)
  const waitMs = outcome.kind === 'throttled' ? throttleDelay(outcome.retryAfterMs, backoffMs) : backoffMs
  return {
    state: { ...failed, notBefore: uptime + waitMs },
    decision: {
      kind: 'settle',
      settlements: release(batch, now).map((settlement) => ({ ...settlement, reason: outcome.kind })),
      isPauseOver: false,
      isAlert: alertThresholds.has(failed.failures),
    },
  }
}

const countFailure = (state: WorkerState, uptime: number): WorkerState => ({
  ...state,
  failures: state.failures + 1,
  failingSince: state.failures === 0 ? uptime : state.failingSince,
})

/** The original position in the queue. A time in the future is from before the clock was set back. */
const queuePosition = ({ receivedAt }: Delivery['event'], now: number) => Math.min(receivedAt, now)
