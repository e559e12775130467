/** The conformance suite of the store: every driver does the same. A new driver is one line in `drivers`. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SafeEvent, Sha256, SkippedEvent } from '../event.js'
import { personKeys } from './person.js'
import { openSqlite } from './sqlite.js'
import type { Entry, Store } from './store.js'

const root = new URL('../../', import.meta.url)
const key = randomBytes(32)
const now = 1_795_400_000_000

const drivers: Record<string, () => Promise<Store>> = {
  sqlite: () =>
    openSqlite({
      file: ':memory:',
      key,
      migrations: new URL('migrations/sqlite', root).pathname,
      worker: new URL('dist/sqlite-worker.js', root),
      clock: () => now,
    }),
}

const connection = { site: 'shop.example', vendor: 'tiktok', fingerprint: 'first' }

function safeEvent(eventId: string, more: Partial<SafeEvent> = {}): SafeEvent {
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

const entry = (eventId: string, more?: Partial<SafeEvent>, vendors = ['tiktok']): Entry => ({
  kind: 'event',
  event: safeEvent(eventId, more),
  vendors,
})

const skipped = (eventId: string): Entry => {
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

for (const [name, open] of Object.entries(drivers)) {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    const claim = (limit = 10, at = now) => store.claim(connection, at, limit, 60_000)
    const attempt = { at: now, durationMs: 5, outcome: 'delivered', ambiguous: false, code: 0 }

    it('gives back an event as it was appended', async () => {
      expect(await store.append([entry('1')])).toEqual(['stored'])
      const { deliveries } = await claim()
      expect(deliveries).toEqual([{ id: expect.any(Number), attempts: 0, event: safeEvent('1') }])
    })

    it('keeps the first of two events with one id, in one call or two', async () => {
      expect(await store.append([entry('1'), entry('1', { properties: { value: 1 } })])).toEqual([
        'stored',
        'duplicate',
      ])
      expect(await store.append([entry('1', { properties: { value: 2 } })])).toEqual(['duplicate'])
      const { deliveries } = await claim()
      expect(deliveries.map(({ event }) => event.properties?.value)).toEqual([49.9])
    })

    it('takes one id for each event name and each site', async () => {
      const verdicts = await store.append([
        entry('1'),
        entry('1', { event: 'Lead' }),
        entry('1', { site: 'other.example' }),
      ])
      expect(verdicts).toEqual(['stored', 'stored', 'stored'])
    })

    it('lets a skipped event give way to an accepted one of the same id, once', async () => {
      await store.append([skipped('1')])
      expect((await claim()).deliveries).toEqual([])
      expect(await store.append([entry('1')])).toEqual(['stored'])
      expect(await store.append([skipped('1')])).toEqual(['duplicate'])
      expect((await claim()).deliveries).toHaveLength(1)
      expect(await store.list({ limit: 10 })).toMatchObject([
        { eventId: '1', deliveries: [{ state: 'pending' }] },
      ])
    })

    it('counts what is only counted, and keeps no row of it', async () => {
      const knock: Entry = { kind: 'counted', reason: 'unknown_site', event: 'Purchase', site: 'x', at: now }
      expect(await store.append([knock, entry('1'), knock])).toEqual(['stored', 'stored', 'stored'])
      await store.append([skipped('2')])
      expect(await store.skips()).toEqual([
        { reason: 'consent', count: 1 },
        { reason: 'unknown_site', count: 2 },
      ])
      expect(await store.list({ limit: 10 })).toHaveLength(2)
    })

    it('makes one delivery for each vendor', async () => {
      await store.append([entry('1', {}, ['tiktok', 'other'])])
      expect((await claim()).deliveries).toHaveLength(1)
      const other = await store.claim({ ...connection, vendor: 'other' }, now, 10, 60_000)
      expect(other.deliveries).toHaveLength(1)
    })

    it('hands each delivery to one claimant, oldest first, up to the limit', async () => {
      await store.append([entry('1'), entry('2'), entry('3')])
      const [first, second] = await Promise.all([claim(2), claim(2)])
      expect(first.deliveries.map(({ event }) => event.eventId)).toEqual(['1', '2'])
      expect(second.deliveries.map(({ event }) => event.eventId)).toEqual(['3'])
      expect((await claim()).deliveries).toEqual([])
    })

    it('lets a lease run out, and then the late holder settles nothing', async () => {
      await store.append([entry('1')])
      const late = await claim()
      expect((await claim(10, now + 59_999)).deliveries).toEqual([])
      const next = await claim(10, now + 60_000)
      expect(next.deliveries).toHaveLength(1)
      const id = next.deliveries[0]?.id ?? 0
      expect(await store.settle(late, [{ id, state: 'failed', reason: 'late' }], now)).toBe(0)
      expect(await store.settle(next, [{ id, state: 'delivered' }], now, attempt)).toBe(1)
      expect(await store.list({ limit: 1 })).toMatchObject([
        { deliveries: [{ state: 'delivered', attempts: 1 }] },
      ])
    })

    it('gives a delivery that waits back at its time and not before', async () => {
      await store.append([entry('1')])
      const lease = await claim()
      const { deliveries } = lease
      const id = deliveries[0]?.id ?? 0
      await store.settle(
        lease,
        [{ id, state: 'pending', dueAt: now + 5_000, reason: 'throttled' }],
        now,
        attempt,
      )
      expect(await store.nextDue(connection)).toBe(now + 5_000)
      expect((await claim(10, now + 4_999)).deliveries).toEqual([])
      expect((await claim(10, now + 5_000)).deliveries).toMatchObject([{ id, attempts: 1 }])
    })

    it('lets one event of a paused connection through when a probe is due, also after a restart', async () => {
      await store.append([entry('1'), entry('2')])
      await store.pause(connection, '40105', now)
      expect(await store.nextDue(connection)).toBe(now + 600_000)
      expect(await claim(10, now + 599_999)).toMatchObject({ probe: true, deliveries: [] })
      const probes = await Promise.all([claim(10, now + 600_000), claim(10, now + 600_000)])
      expect(probes.map(({ deliveries }) => deliveries.length)).toEqual([1, 0])
      await store.resume(connection)
      expect(await claim(10, now + 700_000)).toMatchObject({ probe: false, deliveries: [{}, {}] })
    })

    it('pauses credentials, not the connection: new ones are tried at once', async () => {
      await store.append([entry('1')])
      await store.pause(connection, '40105', now)
      const renewed = { ...connection, fingerprint: 'second' }
      expect((await store.claim(renewed, now, 10, 0)).deliveries).toHaveLength(1)
      expect((await store.claim({ ...renewed, site: 'other.example' }, now, 10, 0)).probe).toBe(false)
    })

    it('skips what waits once its sender takes back their consent, and nobody else’s', async () => {
      await store.append([entry('1'), entry('2', { user: { ttclid: 'E.C.P.other' } })])
      await store.append([{ ...skipped('3'), withdrawn: personKeys({ ttclid: 'E.C.P.abc' }) } as Entry])
      expect((await claim()).deliveries.map(({ event }) => event.eventId)).toEqual(['2'])
      const states = (await store.list({ limit: 9 })).map(({ eventId, deliveries }) => [
        eventId,
        deliveries[0]?.reason,
      ])
      expect(states).toContainEqual(['1', 'consent'])
    })

    it('sends again what comes after a new consent', async () => {
      await store.append([{ ...skipped('1'), withdrawn: personKeys({ ttclid: 'E.C.P.abc' }) } as Entry])
      await store.append([entry('2', { receivedAt: now + 1 })])
      expect((await claim(10, now + 1)).deliveries).toHaveLength(1)
    })

    it('erases a person by a hash of their data, sent or not, and nobody else', async () => {
      const hash = 'a'.repeat(64) as Sha256
      await store.append([
        entry('1', { user: { email: hash } }),
        entry('2', { user: { phone: [hash] } }),
        entry('3'),
      ])
      const lease = await claim(1)
      await store.settle(lease, [{ id: lease.deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
      expect(await store.erase(hash)).toBe(2)
      expect((await store.list({ limit: 9 })).map(({ eventId }) => eventId)).toEqual(['3'])
      expect(await store.erase(hash)).toBe(0)
    })

    it('purges what is old and done, and keeps what still waits', async () => {
      await store.append([entry('1'), entry('2'), skipped('3'), entry('4', { receivedAt: now + 1_000 })])
      const lease = await claim(1)
      await store.settle(lease, [{ id: lease.deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
      expect(await store.purge(now + 500, 0, 2)).toEqual({ removed: 1, next: 2 })
      expect(await store.purge(now + 500, 2, 2)).toEqual({ removed: 1 })
      expect((await store.list({ limit: 9 })).map(({ eventId }) => eventId)).toEqual(['4', '2'])
    })

    it('drops address and agent when nothing more is to be sent', async () => {
      await store.append([entry('1', {}, ['tiktok', 'other'])])
      const lease = await claim()
      const { deliveries } = lease
      await store.settle(lease, [{ id: deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
      const other = await store.claim({ ...connection, vendor: 'other' }, now, 10, 0)
      expect(other.deliveries[0]?.event.visitor).toEqual(safeEvent('1').visitor)
      await store.settle(other, [{ id: other.deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
      expect(await store.nextDue({ ...connection, vendor: 'other' })).toBeUndefined()
    })

    it('keeps any text as it is', async () => {
      const texts = ['😀 ünï', "'; drop table events; --", '\u202e', '{"a":1}', ' ']
      await store.append(texts.map((text) => entry(text, { properties: { description: text } })))
      const { deliveries } = await claim()
      expect(deliveries.map(({ event }) => event.properties?.description)).toEqual(texts)
      expect(deliveries.map(({ event }) => event.eventId)).toEqual(texts)
    })

    it('does not fail neighbours for one row that cannot be stored', async () => {
      const poison = entry('2', { eventTime: 1.5 })
      const [one, two, three] = await Promise.all([
        store.append([entry('1')]),
        store.append([entry('1b'), poison]),
        store.append([entry('3')]),
      ])
      expect([one, two, three]).toEqual([['stored'], ['stored', 'refused'], ['stored']])
      expect((await claim()).deliveries).toHaveLength(3)
    })

    it('commits many requests at once and answers each with its own verdicts', async () => {
      const ids = Array.from({ length: 500 }, (_, index) => String(index % 400))
      const verdicts = await Promise.all(ids.map((id) => store.append([entry(id)])))
      expect(verdicts.flat().filter((verdict) => verdict === 'stored')).toHaveLength(400)
      expect((await claim(1_000)).deliveries).toHaveLength(400)
    })

    it('lists the newest first and pages by id', async () => {
      await store.append([entry('1'), entry('2'), entry('3')])
      const page = await store.list({ limit: 2 })
      expect(page.map(({ eventId }) => eventId)).toEqual(['3', '2'])
      const rest = await store.list({ limit: 2, before: page[1]?.id ?? 0 })
      expect(rest.map(({ eventId }) => eventId)).toEqual(['1'])
    })

    it('says that it can commit, and says so no longer when closed', async () => {
      await store.check()
      const other = await open()
      await other.close()
      await expect(other.append([entry('1')])).rejects.toThrow('closed')
    })
  })
}
