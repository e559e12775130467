/** How long a session lasts, what ends it, and what is kept of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drivers } from '../store/drivers.js'
import type { Outbox } from '../store/outbox.js'
import { createGate, type Gate } from './gate.js'

const password = 'four words that nobody tries'
const minute = 60_000

describe.each(Object.entries(drivers))('a session in %s', (_, open) => {
  let store: Outbox
  let gate: Gate
  let now: number
  const opened = async (attempt = password) => (await gate.logIn(attempt)) ?? ''
  beforeEach(async () => {
    now = 1_795_400_000_000
    store = await open()
    gate = await createGate({ store, clock: () => now, password: undefined, common: new Set() })
    expect(await gate.setUp(await gate.invite(), password)).toBeUndefined()
  })
  afterEach(() => store.close())

  it('ends after 30 minutes without a request', async () => {
    const token = await opened()
    now += 29 * minute
    expect(await gate.find(token)).toBeDefined()
    now += 29 * minute
    expect(await gate.find(token)).toBeDefined()
    now += 31 * minute
    expect(await gate.find(token)).toBeUndefined()
  })

  it('ends after 12 hours, however busy', async () => {
    const token = await opened()
    for (const end = now + 12 * 60 * minute; now <= end; now += 20 * minute)
      expect(await gate.find(token)).toBeDefined()
    expect(await gate.find(token)).toBeUndefined()
  })

  it('has a new id of 256 bits at each log-in, of which only a hash is kept', async () => {
    const tokens = [await opened(), await opened()]
    expect(new Set(tokens).size).toBe(2)
    const kept = await store.records('session')
    expect(kept).toHaveLength(2)
    for (const token of tokens) {
      expect(Buffer.from(token, 'base64url')).toHaveLength(32)
      expect(JSON.stringify(kept)).not.toContain(token)
    }
  })

  it('ends with the password it was opened with, on every browser', async () => {
    const tokens = [await opened(), await opened()]
    expect(await gate.change(password, 'other four words of mine')).toBeUndefined()
    for (const token of tokens) expect(await gate.find(token)).toBeUndefined()
    expect(await gate.logIn(password)).toBeUndefined()
  })

  it('is not opened by an old link, or by one that was used', async () => {
    const [used, old] = [await gate.invite(), await gate.invite()]
    now += 25 * 60 * minute
    expect(await gate.isInvited(old)).toBe(false)
    const fresh = await gate.invite()
    expect(await gate.setUp(fresh, 'other four words of mine')).toBeUndefined()
    for (const token of [used, old, fresh]) expect(await gate.isInvited(token)).toBe(false)
  })
})
