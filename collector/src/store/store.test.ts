/** The conformance suite of the store: every driver stores, shows and removes events in the same way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drivers, now } from '../../../tests/support/store-drivers.js'
import { attempt, connection, entry, hashedEvent, skipped } from '../../../tests/support/store-samples.js'
import type { Sha256 } from '../event.js'
import type { Outbox } from './outbox.js'
import type { Entry } from './store.js'

for (const [name, open] of Object.entries(drivers)) {
  describe(name, () => {
    let store: Outbox
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    const claim = (limit = 10, at = now) => store.claim(connection, at, limit, 60_000)
    const storedEvents = async (limit = 10) => (await store.events({ limit })).events

    it('hands out an event as it was appended', async () => {
      expect(await store.append([entry('1')])).toEqual(['stored'])
      const { deliveries } = await claim()
      expect(deliveries).toEqual([{ id: expect.any(Number), attempts: 0, event: hashedEvent('1') }])
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

    it('accepts an id once for each event name and each site', async () => {
      const verdicts = await store.append([
        entry('1'),
        entry('1', { event: 'Lead' }),
        entry('1', { site: 'other.example' }),
      ])
      expect(verdicts).toEqual(['stored', 'stored', 'stored'])
    })

    it('replaces a skipped event by an accepted one of the same id, once', async () => {
      await store.append([skipped('1')])
      expect((await claim()).deliveries).toEqual([])
      expect(await store.append([entry('1')])).toEqual(['stored'])
      expect(await store.append([skipped('1')])).toEqual(['duplicate'])
      expect((await claim()).deliveries).toHaveLength(1)
      expect(await storedEvents()).toMatchObject([{ eventId: '1', deliveries: [{ state: 'pending' }] }])
    })

    it('stores samples of rejected events, and no event of them', async () => {
      const rejected: Entry = {
        kind: 'rejected',
        reason: 'unknown_site',
        event: 'Purchase',
        site: 'x',
        at: now,
      }
      expect(await store.append([rejected, entry('1'), rejected])).toEqual(['stored', 'stored', 'stored'])
      await store.append([skipped('2')])
      expect(await store.rejectedSamples()).toHaveLength(2)
      expect(await storedEvents()).toHaveLength(2)
    })

    it('stores the last 20 samples of each reason', async () => {
      const sample = (site: string, reason: 'unknown_site' | 'origin_not_allowed'): Entry => ({
        kind: 'rejected',
        reason,
        event: 'Purchase',
        site,
        at: now,
      })
      const samples = (name: string, count: number) =>
        Array.from({ length: count }, (_, index) => sample(`${name}${index}`, 'unknown_site'))
      await store.append([...samples('a', 30), sample('other', 'origin_not_allowed')])
      await store.append(samples('b', 15))
      const sites = (await store.rejectedSamples()).map(({ site }) => site)
      expect(sites).toEqual([
        ...samples('b', 15).map((_, index) => `b${14 - index}`),
        'other',
        ...Array.from({ length: 5 }, (_, index) => `a${29 - index}`),
      ])
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
      expect((await storedEvents()).map(({ eventId }) => eventId)).toEqual(['3'])
      expect(await store.erase(hash)).toBe(0)
    })

    it('never uses an id twice, not even that of a removed newest event', async () => {
      const hash = 'a'.repeat(64) as Sha256
      const newest = async () => (await storedEvents(1))[0]?.id ?? 0
      await store.append([entry('1'), entry('2', { user: { email: hash } })])
      const erased = await newest()
      await store.erase(hash)
      await store.append([entry('3')])
      const purged = await newest()
      expect(purged).toBeGreaterThan(erased)
      const { token, vendor, deliveries } = await claim()
      await store.settle(
        { token, vendor },
        deliveries.map(({ id }) => ({ id, state: 'delivered' })),
        now,
        attempt,
      )
      expect(await store.purge(now + 1, 0, 10)).toEqual({ removed: 2 })
      await store.append([entry('4')])
      expect(await newest()).toBeGreaterThan(purged)
    })

    it('purges events that are old and settled, and no pending ones', async () => {
      await store.append([entry('1'), entry('2'), skipped('3'), entry('4', { receivedAt: now + 1_000 })])
      const lease = await claim(1)
      await store.settle(lease, [{ id: lease.deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
      expect(await store.purge(now + 500, 0, 2)).toEqual({ removed: 1, next: 2 })
      expect(await store.purge(now + 500, 2, 2)).toEqual({ removed: 1, next: 4 })
      expect(await store.purge(now + 500, 4, 2)).toEqual({ removed: 0 })
      expect((await storedEvents()).map(({ eventId }) => eventId)).toEqual(['4', '2'])
    })

    it('purges an old event behind a younger one', async () => {
      await store.append([skipped('1'), entry('2', {}, []), entry('3', {}, [])])
      await store.append([entry('1', { receivedAt: now + 1_000 })])
      expect(await store.purge(now + 500, 0, 2)).toEqual({ removed: 1, next: 2 })
      expect(await store.purge(now + 500, 2, 2)).toEqual({ removed: 1 })
    })

    it('purges old attempts, but never the newest, whose id the next one follows', async () => {
      await store.append([entry('1')])
      const tryAt = async (at: number) => {
        const lease = await store.claim(connection, at, 1, 1_000)
        const [{ id = 0 } = {}] = lease.deliveries
        await store.settle(lease, [{ id, state: 'pending', dueAt: at }], at, { ...attempt, at })
        return id
      }
      for (const at of [now, now + 1, now + 2, now + 3]) await tryAt(at)
      const id = await tryAt(now + 4)
      const times = async () => (await store.event(id))?.attempts.map(({ at }) => at - now)
      expect(await store.purgeAttempts(now + 2, 1)).toBe(1)
      expect(await times()).toEqual([1, 2, 3, 4])
      expect(await store.purgeAttempts(now + 2, 10)).toBe(1)
      expect(await store.purgeAttempts(now + 2, 10)).toBe(0)
      expect(await times()).toEqual([2, 3, 4])
      expect(await store.purgeAttempts(now + 99, 10)).toBe(2)
      expect(await times()).toEqual([4])
      await tryAt(now + 5)
      expect(await times()).toEqual([4, 5])
    })

    it('stores any text unchanged', async () => {
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

    it('passes the check while it can commit, and rejects events when it is closed', async () => {
      await store.check()
      const other = await open()
      await other.close()
      await expect(other.append([entry('1')])).rejects.toThrow('closed')
    })
  })
}
