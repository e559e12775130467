/** Knows the events that the conformance suite of the store sends through it. */
import type { SafeEvent, SkippedEvent } from '../event.js'
import { now } from './drivers.js'
import type { Entry } from './store.js'

export const connection = { site: 'shop.example', vendor: 'tiktok', fingerprint: 'first' }

export function safeEvent(eventId: string, more: Partial<SafeEvent> = {}): SafeEvent {
  return {
    site: 'shop.example',
    source: 'browser',
    event: 'Purchase',
    eventId,
    eventTime: Math.floor(now / 1000),
    receivedAt: now,
    user: { ttclid: 'E.C.P.abc' },
    visitor: { ip: '198.51.100.7', userAgent: 'Mozilla/5.0' },
    properties: { value: 49.9, currency: 'USD' },
    limitedDataUse: true,
    privacyReason: 'gpc',
    ...more,
  }
}

export const entry = (eventId: string, more?: Partial<SafeEvent>, vendors = ['tiktok']): Entry => ({
  kind: 'event',
  event: safeEvent(eventId, more),
  vendors,
})

export const skipped = (eventId: string): Extract<Entry, { kind: 'skipped' }> => {
  const { site, source, event, eventTime, receivedAt } = safeEvent(eventId)
  const skippedEvent: SkippedEvent = {
    site,
    source,
    event,
    eventId,
    eventTime,
    receivedAt,
    reason: 'consent',
  }
  return { kind: 'skipped', event: skippedEvent }
}

export const attempt = { at: now, durationMs: 5, outcome: 'delivered', ambiguous: false, code: 0 }
