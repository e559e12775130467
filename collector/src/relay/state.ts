/** Decides what follows from each answer of a vendor: settlements, smaller batches, a pause, a wait. Pure. */
import type { Settlement } from '../store/store.js'
import type { Outcome, RequestSize } from '../vendors/vendor.js'
import { type Prepared, release } from './batches.js'
import { alertThresholds, backoff, probeMs, quickAnswerMs, throttleDelay } from './policy.js'
import { splitBatch } from './split.js'

/** What the worker of a connection remembers between two requests. Times are monotonic milliseconds. */
export interface WorkerState {
  /** Failures in a row. */
  readonly failures: number
  /** When the first of these failures happened. */
  readonly failingSince: number
  /** The connection claims and sends nothing before this time. */
  readonly notBefore: number
  /** The next request sends one event, to find out whether the vendor answers again. */
  readonly triesOne: boolean
  /** The largest request after one that broke; absent: the vendor's limits. */
  readonly reduced?: RequestSize
}

export const initialState: WorkerState = { failures: 0, failingSince: 0, notBefore: 0, triesOne: false }

/** When an answer arrived, and a random number for the length of a wait. */
export interface Moment {
  /** Unix milliseconds. */
  now: number
  /** Monotonic milliseconds. */
  uptime: number
  /** From 0 to 1. */
  random: number
}

export interface Answer {
  /** At least one delivery. */
  batch: readonly Prepared[]
  /** Of the request's body. */
  bytes: number
  outcome: Outcome
  /** The vendor's largest request. */
  limits: RequestSize
  /** How long the request took. */
  durationMs: number
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
  return { ...failed, triesOne: true, notBefore: uptime + backoff(failed.failures, random) }
}

/**
 * How much to claim and to send in one request: as much as the vendor takes, less after a request that broke. After any
 * other failure it is a single event: a whole batch would only be claimed and released again.
 */
export function nextSize({ triesOne, reduced }: WorkerState, limits: RequestSize): RequestSize {
  const events = Math.min(limits.events, reduced?.events ?? limits.events)
  const bytes = Math.min(limits.bytes, reduced?.bytes ?? limits.bytes)
  return { events: triesOne ? 1 : events, bytes }
}

/** Whether a request may start: the connection does not wait, and the lease lasts long enough. */
export const maySend = ({ notBefore }: WorkerState, uptime: number, startBy: number): boolean =>
  uptime >= notBefore && uptime <= startBy

/** The vendor read the batch: the series of failures is over. */
function endSeries(
  state: WorkerState,
  { batch, outcome, limits, durationMs, isProbe }: Answer,
  result: Omit<Settlement, 'id'>,
): Transition {
  // A refusal without a code may come from a proxy, which has not checked the credentials.
  const acceptsCredentials = outcome.kind === 'delivered' || outcome.code !== undefined
  const ended: WorkerState = { ...state, failures: 0, triesOne: false }
  const isQuick = outcome.kind === 'delivered' && durationMs <= quickAnswerMs
  return {
    state: isQuick ? grow(ended, limits) : ended,
    decision: {
      kind: 'settle',
      settlements: batch.map(({ id }) => ({ id, ...result })),
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
  { batch, bytes, outcome }: Answer,
  { now, uptime, random }: Moment,
): Transition {
  const failed = countFailure(state, uptime)
  const backoffMs = backoff(failed.failures, random, uptime - failed.failingSince)
  const waitMs = outcome.kind === 'throttled' ? throttleDelay(outcome.retryAfterMs, backoffMs) : backoffMs
  const isUnanswered = outcome.kind === 'ambiguous' && outcome.isUnanswered === true
  const waiting: WorkerState = { ...failed, triesOne: !isUnanswered, notBefore: uptime + waitMs }
  return {
    state: isUnanswered ? shrink(waiting, { events: batch.length, bytes }) : waiting,
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

/** The next request has half the size of the one that broke; one of a single event cannot be smaller. */
function shrink(state: WorkerState, broken: RequestSize): WorkerState {
  const { events, bytes } = nextSize(state, broken)
  const divisor = Math.min(2, events)
  return { ...state, reduced: { events: Math.floor(events / divisor), bytes: Math.ceil(bytes / divisor) } }
}

/** Doubles the size of requests that had been reduced, up to the vendor's limits. */
function grow({ reduced, ...state }: WorkerState, limits: RequestSize): WorkerState {
  if (!reduced || (reduced.events >= limits.events && reduced.bytes >= limits.bytes)) return state
  return { ...state, reduced: { events: 2 * reduced.events, bytes: 2 * reduced.bytes } }
}
