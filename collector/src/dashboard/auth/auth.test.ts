/** Tests how long a session lasts, what ends it, and what is stored of it. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { drivers } from '../../../../tests/support/store-drivers.js'
import type { Outbox } from '../../store/outbox.js'
import { minuteMs } from '../../time.js'
import { type Auth, createAuth } from './auth.js'

const password = 'four words that nobody tries'
const startedAt = 1_795_400_000_000

describe.each(Object.entries(drivers))('a session in %s', (_, openStore) => {
  let store: Outbox
  let auth: Auth
  let now: number
  const logIn = async () => (await auth.logIn(password)) ?? ''
  beforeEach(async () => {
    now = startedAt
    store = await openStore()
    auth = await createAuth({ store, clock: () => now, password: undefined, common: new Set() })
    expect(await auth.setUp(await auth.createSetupLink(), password)).toBeUndefined()
  })
  afterEach(() => store.close())

  it('ends after 30 minutes without a request', async () => {
    const token = await logIn()
    now += 29 * minuteMs
    expect(await auth.findSession(token)).toBeDefined()
    now += 29 * minuteMs
    expect(await auth.findSession(token)).toBeDefined()
    now += 31 * minuteMs
    expect(await auth.findSession(token)).toBeUndefined()
  })

  it('ends after 12 hours, however busy', async () => {
    const token = await logIn()
    for (const end = now + 12 * 60 * minuteMs; now <= end; now += 20 * minuteMs)
      expect(await auth.findSession(token)).toBeDefined()
    expect(await auth.findSession(token)).toBeUndefined()
  })

  it('has a new token of 256 bits at each log-in, of which only a hash is stored', async () => {
    const tokens = [await logIn(), await logIn()]
    expect(new Set(tokens).size).toBe(2)
    const records = await store.records('session')
    expect(records).toHaveLength(2)
    for (const token of tokens) {
      expect(Buffer.from(token, 'base64url')).toHaveLength(32)
      expect(JSON.stringify(records)).not.toContain(token)
    }
  })

  it('ends in every browser when the password is changed', async () => {
    const tokens = [await logIn(), await logIn()]
    expect(await auth.changePassword(password, 'other four words of mine')).toBeUndefined()
    for (const token of tokens) expect(await auth.findSession(token)).toBeUndefined()
    expect(await auth.logIn(password)).toBeUndefined()
  })

  it('is not opened by an expired or used set-up link', async () => {
    const [used, expired] = [await auth.createSetupLink(), await auth.createSetupLink()]
    now += 25 * 60 * minuteMs
    expect(await auth.isValidSetupToken(expired)).toBe(false)
    const valid = await auth.createSetupLink()
    expect(await auth.setUp(valid, 'other four words of mine')).toBeUndefined()
    for (const token of [used, expired, valid]) expect(await auth.isValidSetupToken(token)).toBe(false)
  })
})

describe('a password', () => {
  const openStore = Object.values(drivers)[0]
  const openAuth = async (ofEnv: string | undefined) => {
    const store = await openStore?.()
    if (!store) throw new Error('no store')
    onTestFinished(() => store.close())
    return createAuth({ store, clock: () => startedAt, password: ofEnv, common: new Set() })
  }

  it('takes as long to be refused where none has been set', async () => {
    const auths = [await openAuth(undefined), await openAuth(password)]
    const times: number[][] = [[], []]
    for (let round = 0; round < 5; round++) {
      for (const [index, auth] of auths.entries()) {
        const began = performance.now()
        expect(await auth.logIn('wrong words')).toBeUndefined()
        times[index]?.push(performance.now() - began)
      }
    }
    const [absent = 0, present = 0] = times.map((list) => list.sort((a, b) => a - b)[2])
    // Without a key derivation it would take a hundredth.
    expect(absent / present).toBeGreaterThan(0.2)
    expect(absent / present).toBeLessThan(5)
  })

  it('of the environment is accepted whatever its length', async () => {
    const long = `${'seven small ships at sea '.repeat(50)}and one`
    expect(await (await openAuth(long)).logIn(long)).toBeDefined()
  })
})
