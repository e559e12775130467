/** The conformance suite of reports: every driver finds and shows events in the same way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drivers, now } from '../../../tests/support/store-drivers.js'
import { attempt, connection, entry, skipped } from '../../../tests/support/store-samples.js'
import type { Sha256 } from '../event.js'
import type { Outbox } from './outbox.js'
import type { EventQuery } from './reports.js'
import type { Settlement } from './store.js'

for (const [name, open] of Object.entries(drivers)) {
  describe(name, () => {
    let store: Outbox
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    const found = async (query: Partial<EventQuery>) =>
      (await store.events({ limit: 10, ...query })).events.map(({ eventId }) => eventId)
    const settle = async (outcome: Omit<Settlement, 'id'>, limit = 1, of = connection) => {
      const lease = await store.claim(of, now, limit, 60_000)
      const settlements = lease.deliveries.map(({ id }) => ({ id, ...outcome }))
      await store.settle(lease, settlements, now + 70, attempt)
      return lease.deliveries.map(({ id }) => id)
    }

    /** d is delivered, f failed, n was skipped on arrival, w is pending; x is another site's, l and c have other names. */
    const fill = async () => {
      await store.append([entry('d')])
      await settle({ state: 'delivered' })
      await store.append([entry('f')])
      await settle({ state: 'failed', reason: '40002' })
      await store.append([
        skipped('n'),
        entry('w', { limitedDataUse: false }),
        entry('x', { site: 'other.example' }),
        entry('l', { event: 'Lead', source: 'server' }),
        entry('c', { event: 'custom name' }),
      ])
    }

    it('finds by each filter, newest first', async () => {
      await fill()
      expect(await found({})).toEqual(['c', 'l', 'x', 'w', 'n', 'f', 'd'])
      expect(await found({ site: 'shop.example' })).toEqual(['c', 'l', 'w', 'n', 'f', 'd'])
      expect(await found({ site: 'other.example' })).toEqual(['x'])
      expect(await found({ site: 'nowhere.example' })).toEqual([])
      expect(await found({ event: 'Purchase' })).toEqual(['x', 'w', 'n', 'f', 'd'])
      expect(await found({ site: 'shop.example', event: 'Purchase' })).toEqual(['w', 'n', 'f', 'd'])
      expect(await found({ eventId: 'f' })).toEqual(['f'])
      expect(await found({ eventId: 'f', site: 'shop.example' })).toEqual(['f'])
      expect(await found({ eventId: 'f', event: 'Lead' })).toEqual([])
      expect(
        await found({ eventId: 'f', site: 'shop.example', event: 'Purchase', state: 'pending' }),
      ).toEqual([])
      expect(await found({ source: 'server' })).toEqual(['l'])
      expect(await found({ ldu: false })).toEqual(['w'])
      expect(await found({ ldu: true, event: 'Purchase' })).toEqual(['x', 'f', 'd'])
    })

    it('finds by state and by skip reason', async () => {
      await fill()
      expect(await found({ state: 'delivered' })).toEqual(['d'])
      expect(await found({ state: 'failed' })).toEqual(['f'])
      expect(await found({ state: 'failed', site: 'other.example' })).toEqual([])
      expect(await found({ state: 'pending' })).toEqual(['c', 'l', 'x', 'w'])
      expect(await found({ state: 'pending', site: 'shop.example', event: 'Lead' })).toEqual(['l'])
      await store.cancelPending('other.example', now)
      expect(await found({ state: 'skipped' })).toEqual(['x', 'n'])
      expect(await found({ reason: 'no_connection' })).toEqual(['x'])
      expect(await found({ reason: 'consent', site: 'shop.example' })).toEqual(['n'])
      expect(await found({ reason: 'consent', state: 'failed' })).toEqual([])
    })

    it('returns every event once, page by page, whichever indexes it scans', async () => {
      const names = ['Purchase', 'Lead', 'Search']
      const ids = Array.from({ length: 60 }, (_, index) => String(index))
      await store.append([entry('of another site', { site: 'other.example' })])
      for (const [index, id] of ids.entries())
        await store.append([entry(id, { event: names[((index * index) % 7) % 3] ?? '' })])
      await settle({ state: 'failed' }, 30)
      const all = async (query: Partial<EventQuery>) => {
        const seen: string[] = []
        let before: number | undefined
        do {
          const page = await store.events({ limit: 7, ...query, ...(before !== undefined && { before }) })
          seen.push(...page.events.map(({ eventId }) => eventId))
          before = page.next
        } while (before !== undefined)
        return seen
      }
      expect(await all({ site: 'shop.example' })).toEqual([...ids].reverse())
      expect(await all({ site: 'shop.example', state: 'failed' })).toEqual(ids.slice(0, 30).reverse())
      expect(await all({ site: 'shop.example', state: 'pending' })).toEqual(ids.slice(30).reverse())
      expect(await all({ ldu: true, site: 'shop.example' })).toEqual([...ids].reverse())
      const parts = await Promise.all(names.map((event) => all({ event })))
      expect(new Set(parts.flat()).size).toBe(61)
      expect(parts.flat()).toHaveLength(61)
    })

    it('returns the events behind a row, oldest first', async () => {
      await fill()
      const { events } = await store.events({ limit: 10 })
      const [newest] = events
      expect(await store.events({ after: newest?.id ?? 0, limit: 10 })).toEqual({ events: [] })
      const first = await store.events({ after: 0, limit: 3, site: 'shop.example' })
      expect(first.events.map(({ eventId }) => eventId)).toEqual(['d', 'f', 'n'])
      expect(await found({ after: first.next ?? 0, site: 'shop.example' })).toEqual(['w', 'l', 'c'])
    })

    it('shows the money, the flag and the match keys of an event, and no personal data', async () => {
      const email = 'a'.repeat(64) as Sha256
      await store.append([
        entry('1', { user: { email, ttp: 'p' } }),
        entry('2', { visitor: { ip: '::1' } }),
        skipped('3'),
      ])
      const { events } = await store.events({ limit: 3 })
      expect(events).toEqual([
        expect.objectContaining({ eventId: '3', skipReason: 'consent', deliveries: [], keys: [] }),
        expect.objectContaining({ eventId: '2', keys: ['ttclid'] }),
        expect.objectContaining({
          eventId: '1',
          value: 49.9,
          currency: 'USD',
          limitedDataUse: true,
          privacyReason: 'gpc',
          keys: ['email', 'ttp', 'visitor'],
          deliveries: [{ vendor: 'tiktok', state: 'pending', dueAt: expect.any(Number), attempts: 0 }],
        }),
      ])
      expect(JSON.stringify(events)).not.toContain('aaaa')
    })

    it('marks a test, and sums up no money of it', async () => {
      await store.append([entry('1', { testEventCode: 'TEST12345' }), entry('2')])
      const { events } = await store.events({ limit: 2 })
      expect(events.map(({ eventId, test }) => [eventId, test])).toEqual([
        ['2', undefined],
        ['1', true],
      ])
      expect(await store.values({ from: 0, to: now })).toMatchObject([{ count: 1 }])
    })

    it('marks an event that came from the browser and from the server, and stores the first', async () => {
      const flags = async (eventId: string) => {
        const { paired, replayed, source, value } =
          (await store.events({ eventId, limit: 1 })).events[0] ?? {}
        return { paired, replayed, source, value }
      }
      const server = { source: 'server', properties: { value: 1, currency: 'EUR' } } as const
      await store.append([entry('1'), entry('2'), skipped('3')])
      expect(await store.append([entry('1'), entry('1', server), entry('2')])).toEqual(
        Array(3).fill('duplicate'),
      )
      expect(await flags('1')).toEqual({ paired: true, source: 'browser', value: 49.9 })
      expect(await flags('2')).toEqual({ source: 'browser', value: 49.9 })
      // The skipped one was replaced: it came once only.
      expect(await store.append([entry('3', server), entry('3', server)])).toEqual(['stored', 'duplicate'])
      expect(await flags('3')).toEqual({ source: 'server', value: 1 })
      await store.append([skipped('3')])
      expect(await flags('3')).toEqual({ source: 'server', value: 1 })
      expect(await store.append([entry('4'), entry('4', server)])).toEqual(['stored', 'duplicate'])
      expect(await found({ paired: true })).toEqual(['4', '1'])
      expect(await found({ paired: true, event: 'Purchase', state: 'failed' })).toEqual([])
      const id = (await store.events({ eventId: '4', limit: 1 })).events[0]?.id ?? 0
      expect((await store.event(id))?.paired).toBe(true)
      const sums = await store.hours({ from: 0, to: now })
      expect(sums).toMatchObject([{ browser: 3, server: 1, duplicates: 6 }])
    })

    it('marks an event that was sent again, whatever becomes of it', async () => {
      await store.append([entry('1')])
      const [id = 0] = await settle({ state: 'failed', reason: '40002' })
      expect((await store.event(id))?.replayed).toBeUndefined()
      await store.replay({ ids: [id] }, now)
      expect((await store.event(id))?.replayed).toBe(true)
      await settle({ state: 'delivered' })
      expect(await store.event(id)).toMatchObject({ replayed: true, deliveries: [{ state: 'delivered' }] })
    })

    it('shows the details of one event, with each request that it was part of', async () => {
      await store.append([entry('1'), entry('2'), entry('3', { site: 'other.example' })])
      const [id = 0] = await settle({ state: 'pending', dueAt: now, reason: '50000' })
      await settle({ state: 'delivered' }, 2)
      await settle({ state: 'delivered' }, 1, { ...connection, site: 'other.example' })
      const detail = await store.event(id)
      expect(detail).toMatchObject({
        eventId: '1',
        keys: ['ttclid', 'visitor'],
        stored: { user: { ttclid: 'E.C.P.abc' }, properties: { value: 49.9 } },
        attempts: [
          { vendor: 'tiktok', events: 1, at: now, ambiguous: false },
          { vendor: 'tiktok', events: 2, at: now },
        ],
      })
      expect(detail?.attempts).toHaveLength(2)
      expect(JSON.stringify(detail)).not.toContain('198.51.100.7')
      expect(await store.event(999)).toBeUndefined()
      expect(await store.lastAttempt(connection)).toEqual(attempt)
      expect(await store.lastAttempt({ site: 'x', vendor: 'tiktok' })).toBeUndefined()
    })

    it('shows samples of rejected events, newest first, and paused connections', async () => {
      const rejected = (event: string) =>
        ({ kind: 'rejected', reason: 'unknown_site', event, site: 'x', at: now }) as const
      await store.append([rejected('a'), rejected('b')])
      expect(await store.rejectedSamples()).toMatchObject([
        { event: 'b' },
        { event: 'a', reason: 'unknown_site', site: 'x' },
      ])
      await store.pause(connection, '40105', now)
      expect(await store.pauses()).toEqual([
        { ...connection, reason: '40105', pausedAt: now, probeAt: expect.any(Number) },
      ])
    })

    it('cancels the pending deliveries of one site, and nothing else', async () => {
      await fill()
      expect(await store.cancelPending('shop.example', now)).toBe(3)
      expect(await store.cancelPending('shop.example', now)).toBe(0)
      expect((await store.claim(connection, now, 10, 60_000)).deliveries).toEqual([])
      expect(await found({ state: 'pending' })).toEqual(['x'])
      expect(await found({ state: 'failed' })).toEqual(['f'])
    })
  })
}
