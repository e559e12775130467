/** Sends stored events: one request at a time in one tab at a time, with retries, and by beacon when the page ends. */
import type { WireAnswer, WireBody, WireEvent } from '../../collector/src/wire.js'
import { backoffMs } from './backoff.js'
import { isGranted } from './consent.js'
import { emit } from './emitter.js'
import { log } from './logger.js'
import { rememberOrder } from './order-dedupe.js'
import { readBatch, updateOutbox } from './outbox.js'
import { settings } from './settings.js'

/**
 * Ends a request that hangs, and the wait for a lock: Safari's back/forward cache keeps the lock of a page whose request
 * no longer ends. Older browsers lack this signal.
 */
const withTimeout = () => ({ signal: AbortSignal.timeout?.(2e4) }) as { signal: AbortSignal }
let failures = 0
let isPaused: boolean | undefined
/** Number of events sent by beacon since the page began to end; -1 while the page is alive. */
let beaconCount = -1
/** Settles when no request is in flight. */
export let lastFlush: Promise<unknown> = Promise.resolve()

const createBody = (events: WireEvent[]) =>
  JSON.stringify({
    events,
    site: settings.site,
    site_key: settings.siteKey,
    sent_at: Date.now(),
  } as WireBody)

/** A string body goes as text/plain, which needs no preflight. */
const postEvents = (events: WireEvent[], keepalive?: boolean) =>
  fetch(settings.endpoint, {
    method: 'POST',
    body: createBody(events),
    keepalive,
    credentials: 'include',
    ...withTimeout(),
  } as RequestInit)

const handleResponse = async (events: WireEvent[], response: Response) => {
  // If consent was revoked in the meantime, the storage must stay empty.
  if (!isGranted()) return
  updateOutbox(events)
  const answer: Partial<WireAnswer> | undefined = await response.json().catch(log)
  answer?.warnings?.map((warning) => emit('warning', events[warning.event as number], warning))
  for (const event of events) {
    const skip = answer?.skipped?.find((entry) => entry.event_id === event.event_id)
    if (response.ok && !skip) {
      rememberOrder(event)
      emit('sent', event)
    } else emit('skipped', event, skip?.reason ?? `${response.status}`)
  }
}

/** Sends batches until the outbox is empty. Without a lock it sends one batch: another tab may be sending the rest. */
const sendBatches = async (lock?: unknown) => {
  let maxEvents: number | undefined
  while (isGranted() && !isPaused) {
    const batch = readBatch().slice(0, maxEvents)
    if (!batch[0]) return
    // A full keepalive quota fails like a broken network, so the second attempt goes without keepalive.
    const response = await postEvents(batch, true)
      .catch(() => postEvents(batch))
      .catch(log)
    const status = response?.status
    // Retry after a network or server error, 408 and 429. Every other status is final.
    if (!/^[24](?!08|29)/.test(status as never)) {
      const waitMs = /*@__INLINE__*/ backoffMs(
        ++failures,
        Math.random(),
        response?.headers.get('Retry-After'),
      )
      isPaused = true
      log('retry', waitMs, status)
      setTimeout(resume, waitMs)
    } else {
      failures = 0
      // One malformed event makes the collector refuse the whole batch, so retry the events one by one.
      if (status === 400 && batch[1]) maxEvents = 1
      else {
        await handleResponse(batch, response as Response)
        if (!lock) return flush(readBatch()[0])
      }
    }
  }
}

/**
 * Sends what is in the outbox. Events of this tab alone need no lock, and requesting one costs the page
 * milliseconds. In browsers without locks two tabs may send the same event: the collector drops the duplicate.
 */
export const flush = (needsLock: unknown) => {
  if (beaconCount >= 0) return isGranted() && flushByBeacon()
  lastFlush = lastFlush
    .then(() => (needsLock ? navigator.locks.request('tagferry', withTimeout(), sendBatches) : sendBatches()))
    .catch(sendBatches)
    .catch(log)
}

/** Sends again after a wait, or after the page returned from the back/forward cache. */
export const resume = () => {
  isPaused = false
  beaconCount = -1
  flush(true)
}

export const sendBeacon = (events: WireEvent[]) =>
  navigator.sendBeacon?.(settings.endpoint, createBody(events))

/** Sends copies. The events stay in the outbox, and the next page sends those that were not answered. */
const flushByBeacon = () => {
  const batch = readBatch(beaconCount)
  if (!batch[0] || !sendBeacon(batch)) return
  beaconCount += batch.length
  flushByBeacon()
}

/** Switches to beacons when the page ends: a lock or a response would come too late. Events may still be tracked. */
export const switchToBeacons = () => {
  beaconCount = 0
}
