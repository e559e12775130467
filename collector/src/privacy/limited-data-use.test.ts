import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LduScope } from '../event.js'
import type { Located } from '../region/locate.js'
import type { Place } from '../region/place.js'
import { lawInForce, lawStartDates } from './laws.js'
import { decideLimitedDataUse, type PrivacySettings } from './limited-data-use.js'

const noSignal = { gpc: false, cookies: { optOut: false } }
const eventTime = Date.parse('2026-11-23') / 1_000
const state = (region: string, source: Place['source'] = 'table'): Place => ({
  us: true,
  country: 'US',
  region,
  source,
})
const places = {
  california: { located: state('CA') },
  texas: { located: state('TX') },
  newYork: { located: state('NY') },
  us: { located: { us: true, country: 'US', source: 'header' } },
  germany: { located: { us: false, country: 'DE', source: 'header' } },
  puertoRico: { located: { us: false, country: 'PR', source: 'header' } },
  unknown: { located: { source: 'unknown' } },
} satisfies Record<string, Located>

const settings = (scope: LduScope, unknownCountry = true): PrivacySettings => ({ scope, unknownCountry })
const browser = { source: 'browser', privacy: {}, eventTime } as const
const flag = (decision: { limitedDataUse: boolean; reason: string }) =>
  `${decision.limitedDataUse} ${decision.reason}`

describe('the region and the scope', () => {
  const scopes: Record<string, LduScope> = {
    ccpa: 'ccpa',
    states: 'states',
    us: 'us',
    list: new Set(['NY', 'TX']),
    all: 'all',
    off: 'off',
  }
  const table: Record<keyof typeof places, Record<string, string>> = {
    california: {
      ccpa: 'true geo:US-CA',
      states: 'true geo:US-CA',
      us: 'true geo:US-CA',
      list: 'false geo:US-CA',
    },
    texas: {
      ccpa: 'false geo:US-TX',
      states: 'true geo:US-TX',
      us: 'true geo:US-TX',
      list: 'true geo:US-TX',
    },
    newYork: {
      ccpa: 'false geo:US-NY',
      states: 'false geo:US-NY',
      us: 'true geo:US-NY',
      list: 'true geo:US-NY',
    },
    us: {
      ccpa: 'true us-unknown',
      states: 'true us-unknown',
      us: 'true us-unknown',
      list: 'true us-unknown',
    },
    germany: { ccpa: 'false non-us', states: 'false non-us', us: 'false non-us', list: 'false non-us' },
    puertoRico: { ccpa: 'false non-us', states: 'false non-us', us: 'false non-us', list: 'false non-us' },
    unknown: { ccpa: 'true unknown', states: 'true unknown', us: 'true unknown', list: 'true unknown' },
  }
  const cases = Object.entries(table).flatMap(([place, row]) =>
    Object.entries({ ...row, all: 'true scope', off: 'false scope' }).map(
      ([scope, expected]) => [place, scope, expected] as const,
    ),
  )
  it.each(cases)('%s under %s is %s', (place, scope, expected) => {
    const located = places[place as keyof typeof places]
    expect(flag(decideLimitedDataUse(browser, noSignal, located, settings(scopes[scope] as LduScope)))).toBe(
      expected,
    )
  })

  it('an unknown country follows the setting; the US without a state does not', () => {
    expect(flag(decideLimitedDataUse(browser, noSignal, places.unknown, settings('ccpa', false)))).toBe(
      'false unknown',
    )
    expect(flag(decideLimitedDataUse(browser, noSignal, places.us, settings('ccpa', false)))).toBe(
      'true us-unknown',
    )
  })

  it.each([
    ['CA', 'NY', 'true address:US-CA'],
    ['NY', 'CA', 'true geo:US-CA'],
    ['NY', 'TX', 'false address:US-NY'],
  ])('a customer of %s located in %s: %s', (home, seen, expected) => {
    const located = { address: state(home, 'address'), located: state(seen) }
    expect(flag(decideLimitedDataUse(browser, noSignal, located, settings('ccpa')))).toBe(expected)
  })

  it("a customer's country counts before the connection's", () => {
    const german: Place = { us: false, country: 'DE', source: 'address' }
    expect(
      flag(
        decideLimitedDataUse(browser, noSignal, { address: german, located: state('NY') }, settings('ccpa')),
      ),
    ).toBe('false non-us')
    expect(
      flag(
        decideLimitedDataUse(browser, noSignal, { address: german, located: state('CA') }, settings('ccpa')),
      ),
    ).toBe('true geo:US-CA')
  })
})

describe('signals', () => {
  const ask = { limited_data_use: true }
  const refuse = { limited_data_use: false }
  it.each([
    ['Sec-GPC', 'server', refuse, { ...noSignal, gpc: true }, 'true gpc'],
    ['GPC seen by the page', 'browser', { gpc: true }, noSignal, 'true gpc'],
    ['USP', 'server', { ...refuse, usp: '1YYN' }, noSignal, 'true usp'],
    ['USP without opt-out', 'browser', { usp: '1YNN' }, noSignal, 'false non-us'],
    ['malformed USP', 'browser', { usp: 'YYYY' }, noSignal, 'false non-us'],
    ['GPP', 'server', { ...refuse, gpp: 'DBABBg~BAQAAABA.QA' }, noSignal, 'true gpp:usca'],
    ['GPP without opt-out', 'browser', { gpp: 'DBABBg~BAoAAABA.QA' }, noSignal, 'false non-us'],
    ['the site’s own opt-out', 'browser', { opt_out: true }, noSignal, 'true opt-out'],
    ['the opt-out cookie', 'browser', {}, { gpc: false, cookies: { optOut: true } }, 'true opt-out'],
    ['a browser that asks for it', 'browser', ask, noSignal, 'true explicit'],
    ['a browser that asks for less', 'browser', refuse, noSignal, 'false non-us'],
    ['a server that asks for it', 'server', ask, noSignal, 'true explicit'],
    ['a server that asks for less', 'server', refuse, noSignal, 'false explicit'],
  ] as const)('%s, by a %s in Germany', (_title, source, privacy, context, expected) => {
    expect(
      flag(decideLimitedDataUse({ source, privacy, eventTime }, context, places.germany, settings('ccpa'))),
    ).toBe(expected)
  })

  it('of opting out always win', () => {
    const optOuts = fc.constantFrom(
      { gpc: true },
      { usp: '1YYN' },
      { gpp: 'DBABBg~BAQAAABA.QA' },
      { opt_out: true },
      { header: true },
      { cookie: true },
    )
    const scopes = fc.constantFrom<LduScope>('ccpa', 'states', 'us', 'all', 'off', new Set(['TX']))
    fc.assert(
      fc.property(
        optOuts,
        scopes,
        fc.constantFrom(...Object.values(places)),
        fc.constantFrom('browser', 'server'),
        fc.constantFrom(undefined, true, false),
        fc.boolean(),
        (
          { header = false, cookie = false, ...privacy }: Record<string, unknown>,
          scope,
          place,
          source,
          explicit,
          unknown,
        ) => {
          const event = {
            source,
            eventTime,
            privacy: { ...privacy, ...(explicit !== undefined && { limited_data_use: explicit }) },
          }
          const context = { gpc: header === true, cookies: { optOut: cookie === true } }
          return decideLimitedDataUse(event, context, place, settings(scope, unknown)).limitedDataUse
        },
      ),
    )
  })
})

describe("a state's law", () => {
  it.each(Object.entries(lawStartDates))(
    'of %s applies from %s on and not a second before',
    (region, day) => {
      const start = Date.parse(`${day}T00:00:00Z`) / 1_000
      expect(lawInForce(region, start - 1)).toBe(false)
      expect(lawInForce(region, start)).toBe(true)
    },
  )

  it('becomes part of the scope "states" on its first day', () => {
    const at = (time: number) =>
      decideLimitedDataUse(
        { ...browser, eventTime: time },
        noSignal,
        { located: state('OK') },
        settings('states'),
      ).limitedDataUse
    const newYear = Date.parse('2027-01-01') / 1_000
    expect([at(newYear - 1), at(newYear)]).toEqual([false, true])
  })
})
