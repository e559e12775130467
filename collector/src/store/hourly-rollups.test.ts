/** The conformance suite of the hourly rollups: every driver counts events in the same way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drivers, now } from '../../../tests/support/store-drivers.js'
import { attempt, connection, entry, skipped } from '../../../tests/support/store-samples.js'
import type { EventState, HashedEvent, Sha256 } from '../event.js'
import { hourMs } from '../time.js'
import type { Outbox } from './outbox.js'

const hour = Math.floor(now / hourMs)
const thisHour = { from: hour, to: hour }
const none = { browser: 0, server: 0, duplicates: 0, delivered: 0, failed: 0, skipped: 0, ldu: 0 }
const noKeys = { ttclid: 0, email: 0, phone: 0, external_id: 0, ttp: 0, visitor: 0 }

for (const [name, open] of Object.entries(drivers)) {
  describe(name, () => {
    let store: Outbox
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    const settle = async (state: EventState, afterMs = 70) => {
      const lease = await store.claim(connection, now, 1, 60_000)
      const id = lease.deliveries[0]?.id ?? 0
      await store.settle(lease, [{ id, state }], now + afterMs, attempt)
      return id
    }

    it('counts accepted events by source, flag and match key', async () => {
      const email = ['a'.repeat(64), 'b'.repeat(64)] as Sha256[]
      await store.append([
        entry('1'),
        entry('2', { source: 'server', limitedDataUse: false, user: { email, ttp: 'p' }, visitor: {} }),
      ])
      await store.append([entry('3', { visitor: { ip: '::1' }, user: {} })])
      expect(await store.hours(thisHour)).toEqual([
        {
          ...none,
          site: 'shop.example',
          event: 'Purchase',
          hour,
          lastHour: hour,
          browser: 2,
          server: 1,
          ldu: 2,
          keys: { ...noKeys, ttclid: 1, email: 1, ttp: 1, visitor: 1 },
        },
      ])
    })

    it('counts duplicates and skipped events apart, and an event that replaces a skipped one as accepted', async () => {
      await store.append([entry('1'), entry('1'), skipped('2')])
      await store.append([entry('1'), skipped('1'), entry('2'), skipped('2')])
      expect(await store.hours(thisHour)).toMatchObject([
        { browser: 2, duplicates: 4, skipped: 1, ldu: 2, keys: { visitor: 2 } },
      ])
    })

    it('does not count a refused row', async () => {
      await store.append([entry('1'), entry('2', { eventTime: 1.5 }), entry('3')])
      expect(await store.hours(thisHour)).toMatchObject([{ browser: 2, duplicates: 0 }])
    })

    it('counts custom event names under one name', async () => {
      await store.append(['a', 'b', 'custom', 'SubmitForm', 'Lead'].map((event) => entry('1', { event })))
      const counts = await store.hours(thisHour)
      expect(counts.map(({ event, browser }) => [event, browser])).toEqual([
        ['Lead', 1],
        ['SubmitForm', 1],
        ['custom', 3],
      ])
    })

    it('returns the hours of a range, of one site or of all', async () => {
      const at = (hours: number) => ({ receivedAt: now + hours * hourMs })
      await store.append([
        entry('1', at(-1)),
        entry('2'),
        entry('3', { ...at(1), site: 'b.example' }),
        entry('4', { ...at(2), site: 'a.example' }),
      ])
      const seen = async (from: number, to: number, site?: string) =>
        (await store.hours({ from: hour + from, to: hour + to, ...(site !== undefined && { site }) })).map(
          (count) => `${count.site} ${count.hour - hour}`,
        )
      expect(await seen(-1, 1)).toEqual(['b.example 1', 'shop.example -1', 'shop.example 0'])
      expect(await seen(0, 2)).toEqual(['a.example 2', 'b.example 1', 'shop.example 0'])
      expect(await seen(-9, 9, 'shop.example')).toEqual(['shop.example -1', 'shop.example 0'])
      expect(await seen(-9, 9, 'nowhere.example')).toEqual([])
    })

    it('adds several hours up in one count, with the last hour that accepted an event', async () => {
      const at = (hours: number, more: Partial<HashedEvent> = {}) => ({
        receivedAt: now + hours * hourMs,
        ...more,
      })
      const late = skipped('6')
      await store.append([
        entry('1', at(-1)),
        entry('2', at(0)),
        entry('3', at(1, { user: {}, source: 'server' })),
        entry('4', at(3)),
        entry('5', at(4, { event: 'Lead' })),
        { ...late, event: { ...late.event, receivedAt: now + 2 * hourMs } },
      ])
      await settle('delivered')
      await settle('failed')
      const counts = await store.hours({ from: hour - 1, to: hour + 4, step: 4 })
      const of = { ...none, site: 'shop.example', event: 'Purchase' }
      const keys = { ...noKeys, ttclid: 1, visitor: 1 }
      expect(counts).toEqual([
        {
          ...of,
          hour: hour - 1,
          lastHour: hour + 1,
          ...{ browser: 2, server: 1, delivered: 1, failed: 1, skipped: 1, ldu: 3 },
          keys: { ...keys, ttclid: 2, visitor: 3 },
        },
        { ...of, event: 'Lead', hour: hour + 3, lastHour: hour + 4, browser: 1, ldu: 1, keys },
        { ...of, hour: hour + 3, lastHour: hour + 3, browser: 1, ldu: 1, keys },
      ])
      const alone = await store.hours({ from: hour + 2, to: hour + 2, step: 168 })
      expect(alone).toMatchObject([{ skipped: 1, lastHour: 0 }])
    })

    it('counts deliveries and failures in the hour of arrival, and uncounts a replayed failure', async () => {
      await store.append([entry('1'), entry('2'), entry('3'), entry('4')])
      await settle('delivered', 7_200_000)
      const failed = await settle('failed')
      await settle('failed')
      await settle('pending')
      expect(await store.hours(thisHour)).toMatchObject([{ delivered: 1, failed: 2 }])
      await store.replay({ ids: [failed] }, now)
      expect(await store.hours(thisHour)).toMatchObject([{ delivered: 1, failed: 1 }])
      await store.replay({ since: now, until: now, site: 'shop.example' }, now)
      expect(await store.hours(thisHour)).toMatchObject([{ failed: 0 }])
    })

    it('does not count settlements after the end of a lease', async () => {
      await store.append([entry('1')])
      const lease = await store.claim(connection, now, 1, 60_000)
      const id = lease.deliveries[0]?.id ?? 0
      await store.settle({ ...lease, token: 'another' }, [{ id, state: 'delivered' }], now, attempt)
      expect(await store.hours(thisHour)).toMatchObject([{ delivered: 0 }])
      expect(await store.waits(thisHour)).toEqual([])
    })

    it('sums money by currency, and leaves out what cannot be summed', async () => {
      const money = (id: string, value: unknown, currency?: unknown) =>
        entry(id, { properties: { value, currency } as HashedEvent['properties'] & object })
      await store.append([
        money('1', 49.9, 'EUR'),
        money('2', 0.1, 'EUR'),
        money('3', 5, 'USD'),
        money('4', 5),
        money('5', 5, 'fantasy'),
        money('6', 1e300, 'USD'),
        money('7', '5', 'USD'),
        skipped('8'),
      ])
      await store.append([money('1', 49.9, 'EUR')])
      const of = { site: 'shop.example', event: 'Purchase' }
      const wanted = [
        { ...of, currency: 'EUR', sum: 50, count: 2 },
        { ...of, currency: 'USD', sum: 5, count: 1 },
      ]
      expect(await store.values(thisHour)).toEqual(wanted)
      expect(await store.values({ ...thisHour, site: 'shop.example' })).toEqual(wanted)
      expect(await store.values({ from: hour + 1, to: hour + 9 })).toEqual([])
    })

    it('counts how long deliveries took from arrival', async () => {
      await store.append(['1', '2', '3', '4', '5'].map((id) => entry(id)))
      for (const ms of [49, 50, 99, 86_400_000]) await settle('delivered', ms)
      await settle('failed', 1)
      expect(await store.waits(thisHour)).toEqual([
        { bucket: 0, count: 1 },
        { bucket: 1, count: 2 },
        { bucket: 13, count: 1 },
      ])
    })

    it('counts correctly under concurrent writes', async () => {
      const ids = Array.from({ length: 200 }, (_, index) => String(index))
      await Promise.all(
        ids.map((id) => store.append([entry(id), entry(String(Number(id) % 50), { event: 'Lead' })])),
      )
      expect(await store.hours(thisHour)).toMatchObject([
        { event: 'Lead', browser: 50, duplicates: 150 },
        { event: 'Purchase', browser: 200, duplicates: 0 },
      ])
    })
  })
}
