/** How long a session lasts, what ends it, and what is kept of it. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { drivers } from '../../../../tests/support/store-drivers.js'
import type { Outbox } from '../../store/outbox.js'
import { type Auth, createAuth } from './auth.js'

const password = 'four words that nobody tries'
const minute = 60_000

describe.each(Object.entries(drivers))('a session in %s', (_, open) => {
  let store: Outbox
  let auth: Auth
  let now: number
  const opened = async (attempt = password) => (await auth.logIn(attempt)) ?? ''
  beforeEach(async () => {
    now = 1_795_400_000_000
    store = await open()
    auth = await createAuth({ store, clock: () => now, password: undefined, common: new Set() })
    expect(await auth.setUp(await auth.createSetupLink(), password)).toBeUndefined()
  })
  afterEach(() => store.close())

  it('ends after 30 minutes without a request', async () => {
    const token = await opened()
    now += 29 * minute
    expect(await auth.find(token)).toBeDefined()
    now += 29 * minute
    expect(await auth.find(token)).toBeDefined()
    now += 31 * minute
    expect(await auth.find(token)).toBeUndefined()
  })

  it('ends after 12 hours, however busy', async () => {
    const token = await opened()
    for (const end = now + 12 * 60 * minute; now <= end; now += 20 * minute)
      expect(await auth.find(token)).toBeDefined()
    expect(await auth.find(token)).toBeUndefined()
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
    expect(await auth.change(password, 'other four words of mine')).toBeUndefined()
    for (const token of tokens) expect(await auth.find(token)).toBeUndefined()
    expect(await auth.logIn(password)).toBeUndefined()
  })

  it('is not opened by an old link, or by one that was used', async () => {
    const [used, old] = [await auth.createSetupLink(), await auth.createSetupLink()]
    now += 25 * 60 * minute
    expect(await auth.isValidSetupToken(old)).toBe(false)
    const fresh = await auth.createSetupLink()
    expect(await auth.setUp(fresh, 'other four words of mine')).toBeUndefined()
    for (const token of [used, old, fresh]) expect(await auth.isValidSetupToken(token)).toBe(false)
  })
})

describe('a password', () => {
  const open = Object.values(drivers)[0]
  const gateOf = async (given: string | undefined) => {
    const store = await open?.()
    if (!store) throw new Error('no store')
    onTestFinished(() => store.close())
    return createAuth({ store, clock: () => 1_795_400_000_000, password: given, common: new Set() })
  }

  it('takes as long to be refused where there is none yet', async () => {
    const gates = [await gateOf(undefined), await gateOf(password)]
    const times: number[][] = [[], []]
    for (let round = 0; round < 5; round++) {
      for (const [at, one] of gates.entries()) {
        const began = performance.now()
        expect(await one.logIn('wrong words')).toBeUndefined()
        times[at]?.push(performance.now() - began)
      }
    }
    const [absent = 0, present = 0] = times.map((list) => list.sort((one, other) => one - other)[2])
    // Without the derivation it would be a hundredth.
    expect(absent / present).toBeGreaterThan(0.2)
    expect(absent / present).toBeLessThan(5)
  })

  it('of the environment opens, however long it is', async () => {
    const long = `${'seven small ships at sea '.repeat(50)}and one`
    expect(await (await gateOf(long)).logIn(long)).toBeDefined()
  })
})
