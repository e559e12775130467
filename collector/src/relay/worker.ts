/** Runs the loop of one connection: claim, map, send, settle, sleep. The decisions are in state.ts. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log.js'
import type { Metrics } from '../metrics.js'
import type { Attempt, ConnectionKey, Delivery, Lease, Settlement, Store } from '../store/store.js'
import type { Credentials, Outcome, RequestSize, Vendor } from '../vendors/vendor.js'
import { divide, type Prepared, prepare, release, unsendable } from './batches.js'
import type { Budget, Reservation } from './budget.js'
import { exchange } from './exchange.js'
import { idleDelay, leaseMs, sendReserveMs } from './policy.js'
import {
  afterStoreError,
  initialState,
  maySend,
  next,
  nextSize,
  type PauseDecision,
  type SettleDecision,
  type WorkerState,
} from './state.js'

export interface Connection extends ConnectionKey {
  credentials: Credentials
}

export interface WorkerDeps {
  store: Pick<Store, 'claim' | 'settle' | 'pause' | 'resume' | 'nextDue'>
  /** Unix milliseconds. */
  clock: () => number
  /** Monotonic milliseconds, for waits and leases: the clock may be set. */
  uptime: () => number
  /** From 0 to 1. */
  random: () => number
  /** Receives neither event data nor messages of the vendor, which may quote them. */
  log: Log
  metrics: Pick<Metrics, 'attempted' | 'connection'>
  /** Of the bytes that all workers hold. */
  budget: Budget
}

export interface Worker {
  /** Reads the store now, unless the connection waits because of the vendor. */
  wake(): void
  isRunning(): boolean
  /** Resolves when the current batch is settled or released. */
  stop(): Promise<void>
}

interface Loop extends WorkerDeps {
  readonly key: ConnectionKey
  readonly credentials: Credentials
  readonly vendor: Vendor
  readonly abort: AbortSignal
  state: WorkerState
  isStopped: boolean
  /** Ends the sleep of the current round. */
  wakeUp: AbortController
}

/** @param abort ends a request in flight */
export function createWorker(
  { credentials, ...key }: Connection,
  vendor: Vendor,
  deps: WorkerDeps,
  abort: AbortSignal,
): Worker {
  const loop: Loop = {
    ...deps,
    key,
    credentials,
    vendor,
    abort,
    state: initialState,
    isStopped: false,
    wakeUp: new AbortController(),
  }
  let isRunning = true
  const ended = run(loop).finally(() => {
    isRunning = false
  })
  return {
    wake() {
      if (loop.uptime() >= loop.state.notBefore) loop.wakeUp.abort()
    },
    isRunning: () => isRunning,
    async stop() {
      loop.isStopped = true
      loop.wakeUp.abort()
      await ended
    },
  }
}

async function run(loop: Loop): Promise<void> {
  while (!loop.isStopped) {
    // A wake-up during the round ends the sleep after it.
    loop.wakeUp = new AbortController()
    const waitMs = loop.state.notBefore - loop.uptime()
    const sleepMs = waitMs > 0 ? waitMs : await deliverDue(loop).catch((error) => noteStoreError(loop, error))
    if (sleepMs > 0) await sleep(sleepMs, loop.wakeUp.signal)
  }
}

/** Resolves early when the signal aborts, which rejects the delay. */
const sleep = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {})

/** Claims deliveries that are due and sends them. @returns milliseconds until the next claim */
async function deliverDue(loop: Loop): Promise<number> {
  const size = nextSize(loop.state, loop.vendor.limits)
  const reservation = await loop.budget.reserve(size.bytes)
  try {
    return loop.isStopped ? 0 : await claimAndSend(loop, size, reservation)
  } finally {
    reservation.release()
  }
}

async function claimAndSend(loop: Loop, size: RequestSize, reservation: Reservation): Promise<number> {
  const { store, clock, uptime, key, vendor } = loop
  const startBy = uptime() + leaseMs - sendReserveMs(vendor.maxRequestMs)
  const claimed = await claimBatches(loop, size, reservation)
  if (claimed) {
    await sendAll(loop, claimed.lease, claimed.batches, startBy)
    return 0
  }
  // An error of the store is logged by the next claim.
  const dueAt = await store.nextDue(key).catch(() => undefined)
  return idleDelay(dueAt, clock())
}

/** What is claimed, without the deliveries themselves: their memory is free while requests are made. */
interface Claimed {
  lease: HeldLease
  batches: Prepared[][]
}
type HeldLease = Omit<Lease, 'deliveries'>

/** Claims deliveries, and settles those that are not sent. @returns `undefined` when nothing is due */
async function claimBatches(
  loop: Loop,
  size: RequestSize,
  reservation: Reservation,
): Promise<Claimed | undefined> {
  const { store, clock, key, vendor, credentials } = loop
  const claimedAt = clock()
  const { deliveries, ...lease } = await store.claim(key, claimedAt, size.events, leaseMs, size.bytes)
  if (deliveries.length === 0) return undefined
  const { batch, settlements } = prepare(deliveries, (event) => vendor.map(event), claimedAt)
  reservation.shrinkTo(batch.reduce((sum, { bytes }) => sum + bytes, 0))
  logBroken(loop, deliveries, settlements)
  if (settlements.length > 0) await store.settle(lease, settlements, clock())
  const frameBytes = (code?: string) => Buffer.byteLength(vendor.body([], credentials, code))
  return { lease, batches: divide(batch, frameBytes, size) }
}

/** Sends batches and all that they are split into, and releases what may not be sent now. */
async function sendAll(loop: Loop, lease: HeldLease, batches: Prepared[][], startBy: number): Promise<void> {
  for (let batch = batches.shift(); batch; batch = batches.shift()) {
    if (loop.isStopped || !maySend(loop.state, loop.uptime(), startBy)) {
      const now = loop.clock()
      await loop.store.settle(lease, release([batch, ...batches].flat(), now), now)
      return
    }
    batches.unshift(...(await sendBatch(loop, lease, batch)))
  }
}

/** Makes one request and applies what follows from it. @returns the batches to send next */
async function sendBatch(loop: Loop, lease: HeldLease, batch: Prepared[]): Promise<Prepared[][]> {
  const { outcome, bytes, attempt, moment } = await exchange(loop, batch)
  const { limits } = loop.vendor
  const answer = { batch, bytes, outcome, limits, durationMs: attempt.durationMs, isProbe: lease.probe }
  const { state, decision } = next(loop.state, answer, moment)
  loop.state = state
  switch (decision.kind) {
    case 'split':
      return decision.batches
    case 'settle':
      await settle(loop, lease, decision, outcome, attempt)
      return []
    case 'pause':
      await pause(loop, lease, decision, outcome)
      return []
  }
}

async function settle(
  { store, clock, metrics, log, key: { site, vendor }, state }: Loop,
  lease: HeldLease,
  { settlements, isPauseOver, isAlert }: SettleDecision,
  { kind, code, requestId }: Outcome,
  attempt: Attempt,
): Promise<void> {
  if (kind === 'delivered') metrics.connection(site, vendor, true)
  if (isAlert) log.error({ site, vendor, failures: state.failures }, 'deliveries keep failing')
  if (isPauseOver) await store.resume({ site, vendor })
  const settled = await store.settle(lease, settlements, clock(), attempt)
  const events = settlements.length
  const fields = { site, vendor, outcome: kind, code, requestId, events, settled, ms: attempt.durationMs }
  if (kind === 'delivered') log.info(fields, 'sent')
  else log.warn(fields, 'not delivered')
}

async function pause(
  { store, clock, metrics, log, key }: Loop,
  lease: HeldLease,
  { reason, settlements }: PauseDecision,
  { code, requestId }: Outcome,
): Promise<void> {
  const { site, vendor } = key
  const now = clock()
  metrics.connection(site, vendor, false)
  await store.pause(key, reason, now)
  await store.settle(lease, settlements, now)
  log.error(
    { site, vendor, code, requestId, events: settlements.length },
    'credentials refused: connection paused',
  )
}

/** @returns 0: the new state says how long to wait */
function noteStoreError(loop: Loop, error: unknown): number {
  const { log, uptime, random, key } = loop
  log.error({ ...nameOf(key), error: String(error) }, 'the store could not be read or written')
  loop.state = afterStoreError(loop.state, { uptime: uptime(), random: random() })
  return 0
}

function logBroken(
  { log, key }: Loop,
  deliveries: readonly Delivery[],
  settlements: readonly Settlement[],
): void {
  const unreadable = deliveries.filter(({ visitorUnreadable }) => visitorUnreadable).map(({ id }) => id)
  if (unreadable.length > 0)
    log.error(
      { ...nameOf(key), events: unreadable },
      'IP address and user agent cannot be decrypted: sent without them',
    )
  const failed = settlements.filter(({ reason }) => reason === unsendable).map(({ id }) => id)
  if (failed.length > 0) log.error({ ...nameOf(key), events: failed }, 'events cannot be put into a request')
}

const nameOf = ({ site, vendor }: ConnectionKey) => ({ site, vendor })
