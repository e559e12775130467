/** Takes calls, makes them events, and hands those on once consent allows. All wiring is here. */
import type { WireEvent, WireUser } from '../../collector/src/wire.js'
import type { Tagferry } from './api.js'
import { clickIds, forgetClick, keepClick, look } from './click.js'
import { decide, isGranted, isRevoked, presume, readSignals } from './consent.js'
import { flush, resume, startLeaving } from './delivery.js'
import { track, waiting } from './event.js'
import { identify } from './identity.js'
import { attempt, listen, log, tell } from './logger.js'
import { takenOrders } from './order-dedupe.js'
import { changeEvents, readBatch } from './outbox.js'
import { isOwnHost, settings } from './settings.js'
import { clear } from './storage.js'

/** A call that waits, as the stub writes it down: the method's name and its arguments. */
export type Call = [method: string, args: Iterable<unknown>]

/** What the full script adds. */
export type Extension = (tagferry: Tagferry) => () => void

let started = false

/** Click ids and privacy signals are those of the moment of consent, not of the call. */
const admit = (event: WireEvent) => {
  if (takenOrders().includes(event.event_id)) return tell('skipped', event, 'order')
  event.user = { ...event.user, ...clickIds() } as WireUser
  event.privacy = readSignals()
  changeEvents([event], [event])
  tell('queued', event)
}

/** Does with the waiting events what consent allows; to be called whenever that has changed. */
export const release = () => {
  if (isGranted()) {
    keepClick()
    const [left] = readBatch()
    waiting.splice(0).forEach(admit)
    flush(left)
  } else if (isRevoked()) {
    tell('revoked')
    forgetClick()
    clear('tagferry_')
    for (const event of waiting.splice(0)) tell('skipped', event, 'consent')
  } else log('held', ...waiting)
}

const methods: Record<string, (...args: never[]) => void> = {
  track,
  identify,
  page: () => track('Pageview'),
  consent: decide,
  on: listen,
}

/**
 * Reads the landing's click id at once and touches nothing else; the rest runs when idle, when the page ends,
 * or with the first event. `extend` is called at once as well, and what it gives back before that rest.
 */
export const startTagferry = (calls: Call[] = [], extend?: Extension): Tagferry => {
  const isOwn = isOwnHost()
  let later: (() => void) | undefined

  /** All calls first, so that a `consent('revoke')` right behind the script tag still stops its page view. */
  const run = () =>
    attempt(() => {
      if ((document as { prerendering?: boolean }).prerendering) return
      if (!started) {
        started = true
        if (!settings.consent) presume()
        later?.()
      }
      for (const call of calls.splice(0)) attempt(() => methods[call[0]]?.(...(call[1] as never[])))
      release()
    })

  const tagferry = {} as Tagferry & Record<string, (...args: unknown[]) => void>
  for (const name in methods)
    tagferry[name] = (...args) => {
      if (!isOwn) return
      calls.push([name, args])
      if (started || /track|page/.test(name)) run()
    }

  look()
  log('start', isOwn, settings)
  if (isOwn) {
    later = extend?.(tagferry)
    settings.pageview === 'off' || calls.push(['page', []])
    addEventListener('pagehide', () => {
      startLeaving()
      run()
    })
    addEventListener('pageshow', (event) => event.persisted && resume())
    addEventListener('visibilitychange', flush)
    addEventListener('online', resume)
    document.addEventListener('prerenderingchange', run)
    // Safari has no idle callbacks, and takes the options for no delay.
    const whenIdle = window.requestIdleCallback ?? setTimeout
    whenIdle(run, { timeout: 800 })
  }
  return tagferry
}
