/** Defines the events that the conformance suite of the store appends. */
import { expect } from 'vitest'
import type { HashedEvent, SkippedEvent } from '../../collector/src/event.js'
import type { Outbox } from '../../collector/src/store/outbox.js'
import type { Entry } from '../../collector/src/store/store.js'
import { now } from './store-drivers.js'

export const connection = { site: 'shop.example', vendor: 'tiktok', fingerprint: 'first' }

export function hashedEvent(eventId: string, more: Partial<HashedEvent> = {}): HashedEvent {
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

export const entry = (eventId: string, more?: Partial<HashedEvent>, vendors = ['tiktok']): Entry => ({
  kind: 'event',
  event: hashedEvent(eventId, more),
  vendors,
})

export const skipped = (eventId: string): Extract<Entry, { kind: 'skipped' }> => {
  const { site, source, event, eventTime, receivedAt } = hashedEvent(eventId)
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

/** What the first schema may have held: one event failed, one skipped; in the SQL of both databases. */
export const firstEvents = `
insert into events (id, site, event, event_id, event_time, received_at, source, skip_reason, body) values
  (1, 'shop.example', 'Purchase', 'f', 1795400000, ${now}, 'browser', null,
   '{"user":{"ttp":"p"},"properties":{"value":5,"currency":"EUR"},"limitedDataUse":true,"privacyReason":"gpc"}'),
  (2, 'shop.example', 'Purchase', 'n', 1795400000, ${now}, 'browser', 'consent', null);
insert into deliveries (event, vendor, site, state, due_at, attempts, settled_at) values
  (1, 'tiktok', 'shop.example', 'failed', ${now}, 1, ${now});
insert into attempts (site, vendor, at, duration_ms, outcome, ambiguous, events) values
  ('shop.example', 'tiktok', ${now}, 5, 'failed', 0, '[1]')`

export async function expectUpgraded(store: Outbox): Promise<void> {
  const ids = async (query: object) =>
    (await store.events({ limit: 9, ...query })).events.map(({ eventId }) => eventId)
  expect(await ids({})).toEqual(['n', 'f'])
  expect(await ids({ state: 'failed' })).toEqual(['f'])
  expect(await ids({ state: 'skipped' })).toEqual(['n'])
  expect(await ids({ ldu: true, site: 'shop.example', event: 'Purchase' })).toEqual(['f'])
  expect(await store.event(1)).toMatchObject({ value: 5, keys: ['ttp'], attempts: [{ events: 1 }] })
  const span = { from: 0, to: now }
  expect(await store.hours(span)).toEqual([])
  // It failed before anybody counted: sent again it does not make less than nothing of them.
  await store.replay({ ids: [1] }, now)
  expect(await store.hours(span)).toMatchObject([{ failed: 0, browser: 0 }])
  expect(await store.append([entry('1'), entry('f')])).toEqual(['stored', 'duplicate'])
  expect(await store.hours(span)).toMatchObject([{ browser: 1, duplicates: 1 }])
  expect(await store.records('site')).toEqual([])
}
