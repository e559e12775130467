/** The conformance suite of claims: every driver hands out deliveries, and takes their outcomes back, in the same way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drivers, now } from '../../../tests/support/store-drivers.js'
import { attempt, connection, entry, hashedEvent, skipped } from '../../../tests/support/store-samples.js'
import { hourMs } from '../time.js'
import type { Outbox } from './outbox.js'
import { subjectKeys } from './subject-keys.js'

for (const [name, open] of Object.entries(drivers)) {
  describe(name, () => {
    let store: Outbox
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    const claim = (limit = 10, at = now) => store.claim(connection, at, limit, 60_000)

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

    describe('up to a number of bytes', () => {
      /** An event whose stored body has about this many bytes. */
      const large = (id: string, bytes: number, more = {}) =>
        entry(id, { properties: { query: 'x'.repeat(bytes) }, ...more })
      const claimBytes = async (maxBytes: number, limit = 10) => {
        const { deliveries } = await store.claim(connection, now + 10, limit, 60_000, maxBytes)
        return deliveries.map(({ event }) => event.eventId)
      }

      it('hands out the oldest deliveries that fit together', async () => {
        await store.append(['1', '2', '3', '4', '5'].map((id) => large(id, 10_000)))
        expect(await claimBytes(25_000)).toEqual(['1', '2'])
        expect(await claimBytes(25_000, 1)).toEqual(['3'])
        expect(await claimBytes(1_000_000)).toEqual(['4', '5'])
      })

      it('hands out a larger one alone, and never one from behind it', async () => {
        await store.append([entry('1'), large('2', 50_000), entry('3'), entry('4')])
        expect(await claimBytes(5_000)).toEqual(['1'])
        expect(await claimBytes(5_000)).toEqual(['2'])
        expect(await claimBytes(5_000)).toEqual(['3', '4'])
      })

      it('counts bytes, not characters', async () => {
        await store.append(
          ['1', '2'].map((id) => entry(id, { properties: { query: '\u6c34'.repeat(1_000) } })),
        )
        expect(await claimBytes(6_000)).toEqual(['1'])
        expect(await claimBytes(6_000)).toEqual(['2'])
      })

      it('goes by due time, not by id', async () => {
        await store.append([
          large('late', 10_000, { receivedAt: now + 5 }),
          large('early', 10_000, { receivedAt: now - 5 }),
        ])
        expect(await claimBytes(15_000)).toEqual(['early'])
      })
    })

    it('stores the test code of an event', async () => {
      await store.append([entry('1', { testEventCode: 'TEST12345' }), entry('2')])
      const { deliveries } = await claim()
      expect(deliveries.map(({ event }) => event.testEventCode)).toEqual(['TEST12345', undefined])
    })

    it('ends a lease in time, and then ignores settlements of its holder', async () => {
      await store.append([entry('1')])
      const late = await claim()
      expect((await claim(10, now + 59_999)).deliveries).toEqual([])
      const next = await claim(10, now + 60_000)
      expect(next.deliveries).toHaveLength(1)
      const id = next.deliveries[0]?.id ?? 0
      expect(await store.settle(late, [{ id, state: 'failed', reason: 'late' }], now)).toBe(0)
      expect(await store.settle(next, [{ id, state: 'delivered' }], now, attempt)).toBe(1)
      expect((await store.events({ limit: 1 })).events).toMatchObject([
        { deliveries: [{ state: 'delivered', attempts: 1 }] },
      ])
    })

    it('hands out a pending delivery at its due time and not before', async () => {
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

    it('hands out one event of a paused connection when a probe is due, to one claimant', async () => {
      await store.append([entry('1'), entry('2')])
      await store.pause(connection, '40105', now)
      expect(await store.nextDue(connection)).toBe(now + 600_000)
      expect(await claim(10, now + 599_999)).toMatchObject({ probe: true, deliveries: [] })
      const probes = await Promise.all([claim(10, now + 600_000), claim(10, now + 600_000)])
      expect(probes.map(({ deliveries }) => deliveries.length)).toEqual([1, 0])
      await store.resume(connection)
      expect(await claim(10, now + 700_000)).toMatchObject({ probe: false, deliveries: [{}, {}] })
    })

    it('pauses credentials, not the connection: new credentials are tried at once', async () => {
      await store.append([entry('1')])
      await store.pause(connection, '40105', now)
      const renewed = { ...connection, fingerprint: 'second' }
      expect((await store.claim(renewed, now, 10, 0)).deliveries).toHaveLength(1)
      expect((await store.claim({ ...renewed, site: 'other.example' }, now, 10, 0)).probe).toBe(false)
    })

    it('skips pending events of a person who withdraws consent, and of nobody else', async () => {
      await store.append([entry('1'), entry('2', { user: { ttclid: 'E.C.P.other' } })])
      await store.append([{ ...skipped('3'), withdrawn: subjectKeys({ ttclid: 'E.C.P.abc' }) }])
      expect((await claim()).deliveries.map(({ event }) => event.eventId)).toEqual(['2'])
      const states = (await store.events({ limit: 9 })).events.map(({ eventId, deliveries }) => [
        eventId,
        deliveries[0]?.reason,
      ])
      expect(states).toContainEqual(['1', 'consent'])
    })

    it('stores the later of two withdrawals, in whichever order they arrive', async () => {
      const withdrawn = subjectKeys({ ttclid: 'E.C.P.abc' })
      const no = (id: string, receivedAt: number) =>
        ({ kind: 'skipped', event: { ...skipped(id).event, receivedAt }, withdrawn }) as const
      await store.append([no('1', now + 10)])
      await store.append([no('2', now)])
      await store.append([entry('3', { receivedAt: now + 5 })])
      expect((await claim(10, now + 20)).deliveries).toEqual([])
    })

    it('hands out events that arrive after a new consent', async () => {
      await store.append([{ ...skipped('1'), withdrawn: subjectKeys({ ttclid: 'E.C.P.abc' }) }])
      await store.append([entry('2', { receivedAt: now + 1 })])
      expect((await claim(10, now + 1)).deliveries).toHaveLength(1)
    })

    it('removes the visitor when nothing more is to be sent', async () => {
      await store.append([entry('1', {}, ['tiktok', 'other'])])
      const lease = await claim()
      const { deliveries } = lease
      await store.settle(lease, [{ id: deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
      const other = await store.claim({ ...connection, vendor: 'other' }, now, 10, 0)
      expect(other.deliveries[0]?.event.visitor).toEqual(hashedEvent('1').visitor)
      await store.settle(other, [{ id: other.deliveries[0]?.id ?? 0, state: 'delivered' }], now, attempt)
      expect(await store.nextDue({ ...connection, vendor: 'other' })).toBeUndefined()
    })

    it('stores when the vendor may first have booked an event', async () => {
      await store.append([entry('1')])
      for (const at of [now, now + 60_000]) {
        const lease = await claim(10, at)
        expect(lease.deliveries[0]?.ambiguousAt).toBe(at === now ? undefined : now)
        const id = lease.deliveries[0]?.id ?? 0
        const ambiguous = { ...attempt, at, outcome: 'ambiguous', ambiguous: true }
        await store.settle(lease, [{ id, state: 'pending', dueAt: at }], at, ambiguous)
      }
      expect((await claim(10, now + 120_000)).deliveries[0]?.ambiguousAt).toBe(now)
    })

    it('replays failed deliveries by id or by time, and returns how many may count twice', async () => {
      const old = now - 49 * hourMs
      await store.append([
        entry('1', { receivedAt: old }),
        entry('2', { event: 'Lead' }),
        entry('3'),
        entry('4', { site: 'other.example' }),
      ])
      const lease = await claim(2)
      const ids = lease.deliveries.map(({ id }) => id)
      const ambiguous = { ...attempt, at: old, outcome: 'ambiguous', ambiguous: true }
      const failed = ids.map((id) => ({ id, state: 'failed', reason: 'no' }) as const)
      await store.settle(lease, failed, now, ambiguous)
      expect((await claim()).deliveries).toHaveLength(1)
      const later = { since: now, until: now + 1 }
      expect(await store.replay({ ...later, event: 'Purchase' }, now)).toEqual({ count: 0, mayCountTwice: 0 })
      expect(await store.replay({ ...later, site: 'other.example' }, now)).toEqual({
        count: 0,
        mayCountTwice: 0,
      })
      expect(await store.replay(later, now)).toEqual({ count: 1, mayCountTwice: 1 })
      expect(await store.replay({ ids: [ids[0] ?? 0, 999] }, now)).toEqual({ count: 1, mayCountTwice: 1 })
      expect(await store.replay({ ids }, now)).toEqual({ count: 0, mayCountTwice: 0 })
      const again = await claim()
      expect(again.deliveries.map(({ id, ambiguousAt }) => [id, ambiguousAt])).toEqual(
        ids.map((id) => [id, undefined]),
      )
    })

    it('keeps the first ambiguous attempt of a replay within the retry window', async () => {
      await store.append([entry('1')])
      const fail = async (at: number) => {
        const lease = await claim(10, at)
        const [{ id = 0, ambiguousAt } = {}] = lease.deliveries
        const ambiguous = { ...attempt, at, outcome: 'ambiguous', ambiguous: true }
        await store.settle(
          lease,
          [{ id, state: 'failed', reason: 'no' }],
          at,
          at === now ? ambiguous : attempt,
        )
        return { id, ambiguousAt }
      }
      const { id } = await fail(now)
      expect(await store.replay({ ids: [id] }, now + 47 * hourMs)).toEqual({ count: 1, mayCountTwice: 0 })
      expect(await fail(now + 47 * hourMs)).toEqual({ id, ambiguousAt: now })
      expect(await store.replay({ ids: [id] }, now + 47 * hourMs + 1)).toEqual({ count: 1, mayCountTwice: 1 })
      expect(await fail(now + 47 * hourMs + 1)).toEqual({ id, ambiguousAt: undefined })
    })

    it('returns what is pending, and since when', async () => {
      await store.append([entry('1'), entry('2', { receivedAt: now + 5 }), entry('3', {}, ['other'])])
      const { site } = connection
      expect((await store.queues()).sort((a, b) => a.vendor.localeCompare(b.vendor))).toEqual([
        { site, vendor: 'other', pending: 1, oldestAt: now },
        { site, vendor: 'tiktok', pending: 2, oldestAt: now },
      ])
    })

    it('keeps the visitor until each vendor has the event, at the same moment or not', async () => {
      await store.append([entry('1', {}, ['tiktok', 'other'])])
      const leases = [await claim(), await store.claim({ ...connection, vendor: 'other' }, now, 1, 60_000)]
      const id = leases[0]?.deliveries[0]?.id ?? 0
      const settled = leases.map((lease) => store.settle(lease, [{ id, state: 'failed' }], now, attempt))
      expect(await Promise.all(settled)).toEqual([1, 1])
      await store.replay({ ids: [id] }, now)
      const lease = await claim()
      expect(lease.deliveries[0]?.event.visitor).toEqual(hashedEvent('1').visitor)
      await store.settle(lease, [{ id, state: 'delivered' }], now, attempt)
      const other = await store.claim({ ...connection, vendor: 'other' }, now, 1, 60_000)
      expect(other.deliveries[0]?.event.visitor).toEqual(hashedEvent('1').visitor)
    })
  })
}
