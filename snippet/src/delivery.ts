/**
 * How events leave: one request at a time in one tab at a time, again after a failure, by beacon at the end.
 * Never knows what an event means.
 */
import type { WireAnswer, WireBody, WireEvent } from '../../collector/src/wire.js'
import { backoffMs } from './backoff.js'
import { isGranted } from './consent.js'
import { log, tell } from './journal.js'
import { rememberOrder } from './orders.js'
import { readBatch, removeEvents } from './outbox.js'
import { settings } from './settings.js'

const patienceMs = 3e4
let failures = 0
let paused = false
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
  removeEvents(events)
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

const empty = async () => {
  let most = 100
  while (isGranted() && !paused) {
    const batch = readBatch(0).slice(0, most)
    if (!batch[0]) return
    // A full keepalive quota looks like a broken network, so the second try does without.
    const response = await post(batch, true)
      .catch(() => post(batch, false))
      .catch(log)
    const status = response?.status
    // No answer, a server in trouble, 408 and 429 may be another time; all else is final.
    if (!/^[24](?!08|29)/.test(status as never)) {
      const waitMs = backoffMs(++failures, Math.random(), response?.headers.get('Retry-After'))
      paused = true
      log('retry', waitMs, status)
      setTimeout(resume, waitMs)
    } else {
      failures = 0
      // One malformed event must not take its neighbours along.
      if (status === 400 && batch[1]) most = 1
      else await conclude(batch, response as Response)
    }
  }
}

/** Where there are no locks two tabs may send the same event: the collector takes it once. */
export const flush = () => {
  turn = turn
    .then(() => navigator.locks.request('tagferry', empty))
    .catch(empty)
    .catch(log)
}

export const resume = () => {
  paused = false
  flush()
}

export const beacon = (events: WireEvent[]) => navigator.sendBeacon(settings.endpoint, body(events))

/** The page ends: a copy of what has no answer yet; the next page sends it again unless answered. */
export const leave = () => {
  if (!isGranted()) return
  let left = 0
  let batch: WireEvent[]
  do {
    batch = readBatch(left)
    left += batch.length
  } while (batch[0] && beacon(batch))
}
