/** The conformance suite of records: every driver stores what the owner configures in the same way. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drivers, key, now } from '../../../tests/support/store-drivers.js'
import { connection, entry, hashedEvent } from '../../../tests/support/store-samples.js'
import type { Outbox } from './outbox.js'

const change = { at: now, who: 'owner', what: 'Connection saved', site: 'shop.example', detail: 'tiktok' }

for (const [name, open] of Object.entries(drivers)) {
  describe(name, () => {
    let store: Outbox
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('returns a record as it was written, with its secret, and nothing for a missing one', async () => {
      const body = { name: 'Shop', list: [1, null], text: "😀 '; drop table records; --" }
      expect(await store.write([{ kind: 'site', id: 'shop.example', body, secret: 'token-1' }])).toBe(true)
      const kept = { id: 'shop.example', body, secret: 'token-1', version: 1, at: now }
      expect(await store.record('site', 'shop.example')).toEqual(kept)
      expect(await store.records('site')).toEqual([kept])
      expect(await store.record('key', 'shop.example')).toBeUndefined()
      expect(await store.records('connection')).toEqual([])
    })

    it('lists a kind by id', async () => {
      await store.write(['b', 'Z', 'a'].map((id) => ({ kind: 'key', id, body: {} })))
      expect((await store.records('key')).map(({ id }) => id)).toEqual(['Z', 'a', 'b'])
    })

    it('keeps a secret that a write leaves out, and removes one that a write sets to null', async () => {
      const write = (more: object) => store.write([{ kind: 'connection', id: 'c', body: {}, ...more }])
      await write({ secret: 'token-1' })
      await write({ body: { open: true } })
      expect(await store.record('connection', 'c')).toMatchObject({
        version: 2,
        secret: 'token-1',
        body: { open: true },
      })
      await write({ secret: 'token-2' })
      expect((await store.record('connection', 'c'))?.secret).toBe('token-2')
      await write({ secret: null })
      expect(await store.record('connection', 'c')).toEqual({ id: 'c', body: {}, version: 4, at: now })
    })

    it('writes nothing at all where one version differs from the one that was read', async () => {
      await store.write([{ kind: 'site', id: 'a', body: { n: 1 }, seen: 0 }])
      const before = await store.revision()
      const late = [
        { kind: 'site', id: 'b', body: {}, seen: 0 } as const,
        { kind: 'site', id: 'a', body: { n: 2 }, seen: 0 } as const,
      ]
      expect(await store.write(late, change)).toBe(false)
      expect(await store.records('site')).toMatchObject([{ id: 'a', body: { n: 1 }, version: 1 }])
      expect(await store.changes({ limit: 9 })).toEqual([])
      expect(await store.revision()).toBe(before)
      expect(await store.write([{ kind: 'site', id: 'a', body: { n: 2 }, seen: 1 }])).toBe(true)
      expect(await store.record('site', 'a')).toMatchObject({ body: { n: 2 }, version: 2 })
    })

    it('lets one of several writers win that have read the same version', async () => {
      const answers = await Promise.all(
        [1, 2, 3, 4].map((n) => store.write([{ kind: 'setting', id: 's', body: { n }, seen: 0 }])),
      )
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect((await store.record('setting', 's'))?.version).toBe(1)
    })

    it('removes a record, and begins again at version 1', async () => {
      await store.write([{ kind: 'key', id: 'k', body: {}, secret: 'token-1' }])
      await store.write([{ kind: 'key', id: 'k', remove: true }])
      expect(await store.record('key', 'k')).toBeUndefined()
      await store.write([{ kind: 'key', id: 'k', body: {}, seen: 0 }])
      expect(await store.record('key', 'k')).toEqual({ id: 'k', body: {}, version: 1, at: now })
    })

    it('raises the revision with each write except of sessions, and lists no record for it', async () => {
      expect(await store.revision()).toBe(0)
      await store.write([{ kind: 'setting', id: 's', body: {} }])
      const first = await store.revision()
      await store.write([{ kind: 'session', id: 's', body: {}, secret: 'token-1' }])
      await store.write([{ kind: 'session', id: 's', remove: true }])
      expect(await store.revision()).toBe(first)
      await store.write([{ kind: 'setting', id: 's', remove: true }])
      expect(await store.revision()).toBeGreaterThan(first)
      expect(await store.records('setting')).toEqual([])
    })

    it('stores a change together with its write, and lists changes by page, newest first', async () => {
      await store.write([{ kind: 'connection', id: 'c', body: {} }], change)
      await store.write([], { at: now + 1, who: 'command line', what: 'Paused' })
      const [newest, oldest] = await store.changes({ limit: 9 })
      expect(newest).toEqual({ id: expect.any(Number), at: now + 1, who: 'command line', what: 'Paused' })
      expect(oldest).toEqual({ id: expect.any(Number), ...change })
      expect(await store.changes({ limit: 1 })).toEqual([newest])
      expect(await store.changes({ limit: 1, before: newest?.id ?? 0 })).toEqual([oldest])
    })

    it('decrypts secrets under an older key of the ring, and none under an unknown key', async () => {
      await store.write([{ kind: 'key', id: 'k', body: { a: 1 }, secret: 'token-1' }])
      const next = randomBytes(32)
      await store.setKeys([next, key])
      expect((await store.record('key', 'k'))?.secret).toBe('token-1')
      await store.setKeys([next])
      expect(await store.record('key', 'k')).toEqual({ id: 'k', body: { a: 1 }, version: 1, at: now })
    })

    it('encrypts everything again under the first key, in parts, so that the old key can be removed', async () => {
      await store.write([{ kind: 'key', id: 'k', body: {}, secret: 'token-1' }])
      await store.append(['1', '2', '3'].map((id) => entry(id)))
      const next = randomBytes(32)
      await store.setKeys([next, key])
      await store.append([entry('4')])
      const done = [await store.reencrypt(3), await store.reencrypt(3), await store.reencrypt(3)]
      expect(done).toEqual([3, 1, 0])
      await store.setKeys([next])
      expect(await store.record('key', 'k')).toMatchObject({ secret: 'token-1', version: 1 })
      const { deliveries } = await store.claim(connection, now, 10, 60_000)
      expect(deliveries.map(({ event }) => event.visitor)).toEqual(Array(4).fill(hashedEvent('1').visitor))
    })

    it('leaves out visitors that no key of the ring decrypts', async () => {
      await store.append([entry('1'), entry('2')])
      await store.setKeys([randomBytes(32), randomBytes(32)])
      expect(await store.reencrypt(1)).toBe(0)
      await store.setKeys([key])
      const { deliveries } = await store.claim(connection, now, 10, 60_000)
      expect(deliveries.map(({ event }) => event.visitor)).toEqual(Array(2).fill(hashedEvent('1').visitor))
    })
  })
}
