/**
 * How events leave: one request at a time in one tab at a time, again after a failure, by beacon at the end.
 * Never knows what an event means.
 */
import type { WireAnswer, WireBody, WireEvent } from '../../collector/src/wire.js'
import { backoffMs } from './backoff.js'
import { isGranted } from './consent.js'
import { log, tell } from './logger.js'
import { rememberOrder } from './order-dedupe.js'
import { changeEvents, readBatch } from './outbox.js'
import { settings } from './settings.js'

const patienceMs = 3e4
let failures = 0
let paused = false
/** How many events beacons have taken since the page began to end; below zero while it lives. */
let left = -1
/** Settles when no request is under way. */
export let turn: Promise<unknown> = Promise.resolve()

const body = (events: WireEvent[]) =>
  JSON.stringify({
    site: settings.site,
    site_key: settings.siteKey,
    events,
    sent_at: Date.now(),
  } as WireBody)

/** A string goes as text/plain, which needs no preflight. */
const post = (events: WireEvent[], keepalive: boolean) =>
  fetch(settings.endpoint, {
    method: 'POST',
    body: body(events),
    keepalive,
    credentials: 'include',
    // A request that hangs would keep all tabs from sending. Older browsers know no such signal.
    signal: AbortSignal.timeout?.(patienceMs),
  } as RequestInit)

const conclude = async (events: WireEvent[], response: Response) => {
  // Consent may have been revoked meanwhile: the storage stays empty.
  if (!isGranted()) return
  changeEvents(events)
  const answer: Partial<WireAnswer> | undefined = await response.json().catch(log)
  for (const event of events) {
    const skip = answer?.skipped?.find((entry) => entry.event_id === event.event_id)
    if (skip || !response.ok) tell('skipped', event, skip?.reason ?? `${response.status}`)
    else {
      rememberOrder(event)
      tell('sent', event)
    }
  }
}

/** Without a lock one request only: what is there after it may be another tab's. */
const empty = async (lock?: unknown) => {
  let most = 100
  while (isGranted() && !paused) {
    const batch = readBatch().slice(0, most)
    if (!batch[0]) return
    // A full keepalive quota looks like a broken network, so the second try does without.
    const response = await post(batch, true)
      .catch(() => post(batch, false))
      .catch(log)
    const status = response?.status
    // No answer, a server in trouble, 408 and 429 may be another time; all else is final.
    if (!/^[24](?!08|29)/.test(status as never)) {
      const waitMs = /*@__INLINE__*/ backoffMs(
        ++failures,
        Math.random(),
        response?.headers.get('Retry-After'),
      )
      paused = true
      log('retry', waitMs, status)
      setTimeout(resume, waitMs)
    } else {
      failures = 0
      // One malformed event must not take its neighbours along.
      if (status === 400 && batch[1]) most = 1
      else {
        await conclude(batch, response as Response)
        if (!lock) return flush(readBatch()[0])
      }
    }
  }
}

/**
 * One tab at a time, but for events that no other can know of yet: asking for a lock costs a page milliseconds.
 * Where there are no locks two tabs may send the same event: the collector takes it once.
 */
export const flush = (isShared: unknown) => {
  if (left >= 0) return isGranted() && leave()
  turn = turn
    .then(() => (isShared ? navigator.locks.request('tagferry', empty) : empty()))
    .catch(empty)
    .catch(log)
}

/** The wait is over, or the page is back from the back/forward cache. */
export const resume = () => {
  paused = false
  left = -1
  flush(true)
}

export const beacon = (events: WireEvent[]) => navigator.sendBeacon?.(settings.endpoint, body(events))

/** A copy of what has no answer yet; the next page sends it again unless answered. */
const leave = () => {
  const batch = readBatch(left)
  if (!batch[0] || !beacon(batch)) return
  left += batch.length
  leave()
}

/** The page ends: no lock and no answer would come in time. Its own listeners may still track. */
export const startLeaving = () => {
  left = 0
}
