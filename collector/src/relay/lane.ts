/** The loop of one connection: claim, map, send, settle, wait. */
import { type Attempt, type Delivery, type Lease, probeMs, type Settlement } from '../store/store.js'
import type { Mapped, Outcome, Vendor } from '../vendors/vendor.js'
import { backoff, throttleDelay } from './backoff.js'
import type { Connection, RelayDeps } from './relay.js'

export interface Lane {
  wake(): void
  running(): boolean
  stop(): Promise<void>
}

const leaseMs = 60_000
/** A send is not begun unless its whole deadline fits into the lease. */
const sendMs = 12_000
/** Looks at the outbox this often though nothing woke it: another collector may have left work behind. */
const idleMs = 5_000

type Sent = { delivery: Delivery; mapped: Mapped }

/** @param cut ends a request in flight */
export function createLane(connection: Connection, vendor: Vendor, deps: RelayDeps, cut: AbortSignal): Lane {
  const { store, clock, random, log, metrics } = deps
  const { credentials, ...key } = connection
  const name = { site: key.site, vendor: key.vendor }
  let running = true
  let stopped = false
  let woken = false
  let wakeUp: (() => void) | undefined
  let failures = 0
  /** The connection as a whole waits until then. */
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
      const wait = notBefore - clock()
      if (wait > 0) await sleep(wait)
      else {
        const worked = await turn().catch((error: unknown) => {
          log.error({ ...name, error: String(error) }, 'the outbox could not be read or written')
          failures++
          notBefore = clock() + backoff(failures, random())
          return true
        })
        if (worked) continue
        const ms = await idle()
        // Woken or stopped meanwhile: there is no sleep yet that could be ended.
        if (!woken && !stopped) await sleep(ms)
      }
    }
  }

  async function idle(): Promise<number> {
    const due = await store.nextDue(key).catch(() => undefined)
    return due === undefined ? idleMs : Math.min(idleMs, Math.max(0, due - clock()))
  }

  /** One claim and what follows from it; false when nothing was due. */
  async function turn(): Promise<boolean> {
    const claimedAt = clock()
    // After a failure one event tries the way for all: the rest need not be claimed and given back each time.
    const limit = failures > 0 ? 1 : vendor.batchSize
    const lease = await store.claim(key, claimedAt, limit, leaseMs)
    if (lease.deliveries.length === 0) return false
    const sendable: Sent[] = []
    const unmappable: Settlement[] = []
    for (const delivery of lease.deliveries) {
      const mapped = vendor.map(delivery.event)
      if (mapped === undefined) unmappable.push({ id: delivery.id, state: 'skipped', reason: 'unmappable' })
      else sendable.push({ delivery, mapped })
    }
    if (unmappable.length > 0) await store.settle(lease, unmappable, clock())
    await sendBatch(lease, sendable, claimedAt + leaseMs - sendMs)
    return true
  }

  /** Sends a batch; one that is refused for its content is halved until the bad event stands alone. */
  async function sendBatch(lease: Lease, batch: Sent[], startBy: number): Promise<void> {
    if (batch.length === 0) return
    // A half of a batch may have found out that the connection has to wait.
    const now = clock()
    if (stopped || now > startBy || now < notBefore) return release(lease, batch)
    const at = now
    const outcome = await vendor.send(
      credentials,
      batch.map(({ mapped }) => mapped),
      cut,
    )
    const attempt = attemptOf(outcome, at, clock() - at)
    metrics.attempted(outcome.kind, outcome.code, attempt.durationMs)
    if (outcome.kind === 'refused' && batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      await sendBatch(lease, batch.slice(0, half), startBy)
      await sendBatch(lease, batch.slice(half), startBy)
      return
    }
    if (outcome.kind === 'credentials_refused') return pause(lease, batch, outcome)
    if (outcome.kind === 'delivered') metrics.connection(name.site, name.vendor, true)
    if (lease.probe) await store.resume(name)
    const dueAt = judge(outcome)
    const settlements = batch.map(({ delivery: { id } }): Settlement => {
      if (dueAt !== undefined) return { id, state: 'pending', dueAt, reason: outcome.kind }
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

  /** When to try again, or `undefined` where the outcome is final; the connection waits, not just these events. */
  function judge(outcome: Exclude<Outcome, { kind: 'credentials_refused' }>): number | undefined {
    switch (outcome.kind) {
      case 'delivered':
      case 'refused':
        failures = 0
        return undefined
      case 'throttled':
        failures++
        notBefore = clock() + throttleDelay(outcome.retryAfterMs, failures, random())
        return notBefore
      case 'not_sent':
      case 'ambiguous':
        failures++
        notBefore = clock() + backoff(failures, random())
        return notBefore
    }
  }

  /** The connection waits for its owner; no event is at fault, and none has used up a try. */
  async function pause(lease: Lease, batch: Sent[], { code, message, requestId }: Outcome): Promise<void> {
    const now = clock()
    notBefore = now + probeMs
    metrics.connection(name.site, name.vendor, false)
    await store.pause(key, message ?? 'refused', now)
    await release(lease, batch)
    log.error(
      { ...name, code, requestId, events: batch.length },
      'the vendor refuses the credentials: paused',
    )
  }

  /** What was claimed and not sent is due at once, for whoever comes next. */
  async function release(lease: Lease, batch: Sent[]): Promise<void> {
    const now = clock()
    const settlements = batch.map(
      ({ delivery: { id } }): Settlement => ({ id, state: 'pending', dueAt: now }),
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
      if (clock() >= notBefore) wakeUp?.()
    },
    running: () => running,
    async stop() {
      stopped = true
      wakeUp?.()
      await ended
    },
  }
}

function attemptOf(outcome: Outcome, at: number, durationMs: number): Attempt {
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
