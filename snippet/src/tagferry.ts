/** Connects the modules: turns calls into events, and passes the events on once consent allows it. */
import type { WireEvent, WireUser } from '../../collector/src/wire.js'
import type { Tagferry } from './api.js'
import { captureClickId, getClickIds, removeClickCookie, storeClick } from './click.js'
import { grantByDefault, isGranted, isRevoked, readPrivacySignals, recordConsent } from './consent.js'
import { flush, resume, switchToBeacons } from './delivery.js'
import { emit, on } from './emitter.js'
import { pendingEvents, track } from './event.js'
import { identify } from './identity.js'
import { attempt, log } from './logger.js'
import { readOrderEventIds } from './order-dedupe.js'
import { readBatch, updateOutbox } from './outbox.js'
import { isSiteHost, settings } from './settings.js'
import { clear } from './storage.js'

/** A call in the stub's format: the method's name and its arguments. */
export type QueuedCall = [method: string, args: Iterable<unknown>]

/** Adds the features of the full script. Returns what to run before the first calls are processed. */
export type Extension = (tagferry: Tagferry) => () => void

let isStarted = false

/** Adds the click ids and privacy signals of this moment: they may have changed since the call. */
const queueEvent = (event: WireEvent) => {
  if (readOrderEventIds().includes(event.event_id)) return emit('skipped', event, 'order')
  event.user = { ...event.user, ...getClickIds() } as WireUser
  event.privacy = readPrivacySignals()
  updateOutbox([event], [event])
  emit('queued', event)
}

/** Queues, drops or holds the pending events. Must be called after every change of consent. */
export const applyConsent = () => {
  if (isGranted()) {
    storeClick()
    const earlierEvent = readBatch()[0]
    pendingEvents.splice(0).forEach(queueEvent)
    flush(earlierEvent)
  } else if (isRevoked()) {
    emit('revoked')
    removeClickCookie()
    clear('tagferry_')
    for (const event of pendingEvents.splice(0)) emit('skipped', event, 'consent')
  } else log('held', ...pendingEvents)
}

const methods: Record<string, (...args: never[]) => void> = {
  track,
  identify,
  page: () => track('Pageview'),
  consent: recordConsent,
  on,
}

/**
 * Captures the click id and starts `extend` at once; touches no storage yet. Calls are processed when the browser
 * is idle, when the page ends, or with the first event.
 */
export const startTagferry = (calls: QueuedCall[] = [], extend?: Extension): Tagferry => {
  const isOnSite = isSiteHost()
  let startExtension: (() => void) | undefined

  /** Runs all calls before sending, so that `consent('revoke')` right after the script tag stops its page view. */
  const processCalls = () =>
    attempt(() => {
      if ((document as { prerendering?: boolean }).prerendering) return
      if (!isStarted) {
        isStarted = true
        if (!settings.consent) grantByDefault()
        startExtension?.()
      }
      for (const call of calls.splice(0)) attempt(() => methods[call[0]]?.(...(call[1] as never[])))
      applyConsent()
    })

  const tagferry = {} as Tagferry & Record<string, (...args: unknown[]) => void>
  for (const name in methods)
    tagferry[name] = (...args) => {
      if (!isOnSite) return
      calls.push([name, args])
      if (isStarted || /track|page/.test(name)) processCalls()
    }

  captureClickId()
  log('start', isOnSite, settings)
  if (isOnSite) {
    startExtension = extend?.(tagferry)
    settings.pageview === 'off' || calls.push(['page', []])
    document.addEventListener('prerenderingchange', processCalls)
    addEventListener('pagehide', () => {
      switchToBeacons()
      processCalls()
    })
    addEventListener('pageshow', (event) => event.persisted && resume())
    addEventListener('visibilitychange', flush)
    addEventListener('online', resume)
    // Safari has no requestIdleCallback. Its setTimeout reads the options object as no delay.
    const whenIdle = window.requestIdleCallback ?? setTimeout
    whenIdle(processCalls, { timeout: 800 })
  }
  return tagferry
}
