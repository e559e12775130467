/** The loop of one connection: claim, map, send, settle, wait. */
import type { Metrics } from '../metrics.js'
import {
  type ConnectionKey,
  type Delivery,
  type Lease,
  probeMs,
  type Settlement,
  type Store,
} from '../store/store.js'
import type { Credentials, Mapped, Outcome, Vendor } from '../vendors/vendor.js'
import { expiryReason } from './horizon.js'
import { backoff, throttleDelay } from './policy.js'
import { attemptOf, partsOf, tookCredentials } from './split.js'

export interface Connection extends ConnectionKey {
  credentials: Credentials
}

/** Says what happened; never an event's own data, and never a vendor's message, which may quote it. */
export interface RelayLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface WorkerDeps {
  store: Store
  /** Unix milliseconds. */
  clock: () => number
  /** Milliseconds that only go forward, whatever happens to the clock: waits and leases are measured by it. */
  uptime: () => number
  /** From 0 to 1. */
  random: () => number
  log: RelayLog
  metrics: Pick<Metrics, 'attempted' | 'connection'>
}

export interface Worker {
  wake(): void
  running(): boolean
  stop(): Promise<void>
}

const leaseMs = 60_000
/** A send is not begun unless its whole deadline fits into the lease. */
const sendMs = 12_000
/** Looks at the outbox this often though nothing woke it: another collector may have left work behind. */
const idleMs = 5_000

/** Failures in a row of which the owner is told. */
const alertThresholds = new Set([10, 50, 70, 90, 100])

type Sent = { delivery: Delivery; mapped: Mapped }

/** @param cut ends a request in flight */
export function createWorker(
  connection: Connection,
  vendor: Vendor,
  deps: WorkerDeps,
  cut: AbortSignal,
): Worker {
  const { store, clock, uptime, random, log, metrics } = deps
  const { credentials, ...key } = connection
  const name = { site: key.site, vendor: key.vendor }
  let running = true
  let stopped = false
  let woken = false
  let wakeUp: (() => void) | undefined
  let failures = 0
  let troubleSince = 0
  /** The connection as a whole waits until then; of `uptime`, as `troubleSince`. */
  let notBefore = 0

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function run(): Promise<void> {
    while (!stopped) {
      woken = false
      const wait = notBefore - uptime()
      if (wait > 0) await sleep(wait)
      else {
        const worked = await tick().catch((error: unknown) => {
          log.error({ ...name, error: String(error) }, 'the outbox could not be read or written')
          failures++
          notBefore = uptime() + backoff(failures, random())
          return true
        })
        if (worked) continue
        const ms = await idle()
        // Woken or stopped meanwhile: there is no sleep yet that could be ended.
        if (!woken && !stopped) await sleep(ms)
      }
    }
  }

  /** Its old place in the line; not in a future that was one before the clock was set back. */
  const queuePosition = ({ receivedAt }: Delivery['event']) => Math.min(receivedAt, clock())

  async function idle(): Promise<number> {
    const due = await store.nextDue(key).catch(() => undefined)
    return due === undefined ? idleMs : Math.min(idleMs, Math.max(0, due - clock()))
  }

  /** One claim and what follows from it; false when nothing was due. */
  async function tick(): Promise<boolean> {
    const claimedAt = clock()
    const startBy = uptime() + leaseMs - sendMs
    // After a failure one event tries the way for all: the rest need not be claimed and given back each time.
    const limit = failures > 0 ? 1 : vendor.batchSize
    const lease = await store.claim(key, claimedAt, limit, leaseMs)
    if (lease.deliveries.length === 0) return false
    const unopened = lease.deliveries.filter((delivery) => delivery.unopened).map(({ id }) => id)
    if (unopened.length > 0)
      log.error(
        { ...name, events: unopened },
        'sealed with an unknown key or moved: sent without the visitor',
      )
    const sendable: Sent[] = []
    const ended: Settlement[] = []
    for (const delivery of lease.deliveries) {
      const { id, event } = delivery
      const late = expiryReason(delivery, claimedAt)
      const mapped = late ? undefined : vendor.map(event)
      if (late) ended.push({ id, state: 'failed', reason: late })
      else if (mapped === undefined) ended.push({ id, state: 'skipped', reason: 'unmappable' })
      else sendable.push({ delivery, mapped })
    }
    if (ended.length > 0) await store.settle(lease, ended, clock())
    await sendBatch(lease, sendable, startBy)
    return true
  }

  /**
   * Sends a batch. One that is refused for its content is parted: the events that the vendor names from the rest,
   * or in halves, until the bad one stands alone.
   */
  async function sendBatch(lease: Lease, batch: Sent[], startBy: number): Promise<void> {
    if (batch.length === 0) return
    // A half of a batch may have found out that the connection has to wait.
    const began = uptime()
    if (stopped || began > startBy || began < notBefore) return release(lease, batch)
    const at = clock()
    const outcome = await vendor.send(
      credentials,
      batch.map(({ mapped }) => mapped),
      cut,
    )
    const attempt = attemptOf(outcome, at, uptime() - began)
    metrics.attempted(outcome.kind, outcome.code, attempt.durationMs)
    if (outcome.kind === 'refused' && batch.length > 1) {
      for (const part of partsOf(batch, outcome.culprits ?? [])) await sendBatch(lease, part, startBy)
      return
    }
    if (outcome.kind === 'credentials_refused') return pause(lease, batch, outcome)
    if (outcome.kind === 'delivered') metrics.connection(name.site, name.vendor, true)
    if (lease.probe && tookCredentials(outcome)) await store.resume(name)
    const again = planRetry(outcome)
    const settlements = batch.map(({ delivery: { id, event } }): Settlement => {
      // The connection waits, and its events keep their place in the line.
      if (again) return { id, state: 'pending', dueAt: queuePosition(event), reason: outcome.kind }
      return outcome.kind === 'delivered'
        ? { id, state: 'delivered' }
        : { id, state: 'failed', reason: outcome.message ?? outcome.kind }
    })
    const settled = await store.settle(lease, settlements, clock(), attempt)
    const { code, requestId } = outcome
    const line = {
      ...name,
      outcome: outcome.kind,
      code,
      requestId,
      events: batch.length,
      settled,
      ms: attempt.durationMs,
    }
    if (outcome.kind === 'delivered') log.info(line, 'sent')
    else log.warn(line, 'not delivered')
  }

  /** Whether to try again, and then the whole connection waits. */
  function planRetry(outcome: Exclude<Outcome, { kind: 'credentials_refused' }>): boolean {
    if (outcome.kind === 'delivered' || outcome.kind === 'refused') {
      failures = 0
      return false
    }
    const now = uptime()
    if (failures === 0) troubleSince = now
    failures++
    const wait = backoff(failures, random(), now - troubleSince)
    notBefore = now + (outcome.kind === 'throttled' ? throttleDelay(outcome.retryAfterMs, wait) : wait)
    if (alertThresholds.has(failures))
      log.error({ ...name, failures }, 'the vendor has not taken anything for a while')
    return true
  }

  /** The connection waits for its owner; no event is at fault, and none has used up a try. */
  async function pause(lease: Lease, batch: Sent[], { code, message, requestId }: Outcome): Promise<void> {
    const now = clock()
    notBefore = uptime() + probeMs
    metrics.connection(name.site, name.vendor, false)
    await store.pause(key, message ?? 'refused', now)
    await release(lease, batch)
    log.error(
      { ...name, code, requestId, events: batch.length },
      'the vendor refuses the credentials: paused',
    )
  }

  /** What was claimed and not sent is due at once, in its old place, for whoever comes next. */
  async function release(lease: Lease, batch: Sent[]): Promise<void> {
    const now = clock()
    const settlements = batch.map(
      ({ delivery: { id, event } }): Settlement => ({ id, state: 'pending', dueAt: queuePosition(event) }),
    )
    await store.settle(lease, settlements, now)
  }

  const ended = run().finally(() => {
    running = false
  })
  return {
    wake() {
      woken = true
      // A connection that waits for the vendor's sake is not woken by new events.
      if (uptime() >= notBefore) wakeUp?.()
    },
    running: () => running,
    async stop() {
      stopped = true
      wakeUp?.()
      await ended
    },
  }
}
