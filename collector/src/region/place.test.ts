import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressPlace, countryOf, placeOf, stateOf, states } from './place.js'
import { stateCodes } from './states.js'

const names = Object.entries(stateCodes).map(([name, code]) => [name, code.toUpperCase()] as const)

describe('the name of a state', () => {
  it('is one of 50 states or DC', () => {
    expect(states).toHaveLength(51)
    expect(states).toContain('DC')
  })

  it('is understood as a name and as a code, with or without the country, in any case', () => {
    const casing = fc.func(fc.boolean())
    fc.assert(
      fc.property(fc.constantFrom(...names), casing, fc.nat(3), ([name, code], upper, form) => {
        const text = [name, code, `US-${code}`, `US${code}`][form] as string
        const written = [...text].map((c, at) => (upper(at) ? c.toUpperCase() : c.toLowerCase())).join('')
        expect(stateOf(` ${written} `)).toBe(code)
      }),
    )
  })

  it.each([
    ['D.C.', 'DC'],
    ['Washington, D.C.', 'DC'],
    ['Washington DC', 'DC'],
    ['N.Y.', 'NY'],
    ['New  York', 'NY'],
  ])('%s is %s', (text, code) => expect(stateOf(text)).toBe(code))

  it.each([
    '',
    ' ',
    '?',
    '**',
    'XX',
    'ZZ',
    'T1',
    'A1',
    'NO REGION',
    'reserved',
    'unknown',
    'C',
    'CAL',
    'CA,NY',
    'CA-ON',
    'FR-CA',
    'Ontario',
    'PR',
    'Puerto Rico',
    'constructor',
    '__proto__',
    'toString',
    'CA\u0000',
    'C\u0000A',
    'New\nYork',
    'СА',
    '🇺🇸',
    'California'.padStart(10_000),
    null,
    undefined,
    5,
    ['CA'],
    { toString: () => 'CA' },
  ])('is not %j', (text) => expect(stateOf(text)).toBeUndefined())

  it('is not found in any other text', () => {
    const known = new Set(
      names.flatMap(([name, code]) => [name, code, `us-${code}`, `us${code}`]).map((n) => n.toLowerCase()),
    )
    const tidy = (text: string) => text.trim().toLowerCase().replaceAll('.', '').replace(/ +/g, ' ')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!known.has(tidy(text)) && !tidy(text).startsWith('washington'))
        expect(stateOf(text)).toBeUndefined()
      }),
    )
  })
})

describe('the name of a country', () => {
  it.each([
    ['US', 'US'],
    ['us', 'US'],
    [' US ', 'US'],
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['DE', 'DE'],
    ['PR', 'PR'],
    ['XK', 'XK'],
  ])('%s is %s', (text, code) => expect(countryOf(text)).toBe(code))

  it.each([
    '',
    'XX',
    'T1',
    'ZZ',
    'A1',
    'A2',
    '**',
    '?',
    'reserved',
    'EU',
    'AP',
    'Italia',
    'US, DE',
    'U',
    'ＵＳ',
  ])('is not %s', (text) => expect(countryOf(text)).toBeUndefined())
})

describe('the country and region of a source', () => {
  it.each([
    ['US', 'CA', { us: true, country: 'US', region: 'CA' }],
    ['US', 'California', { us: true, country: 'US', region: 'CA' }],
    ['US', undefined, { us: true, country: 'US' }],
    ['US', 'AE', { us: true, country: 'US' }],
    ['US', 'ON', { us: true, country: 'US' }],
    ['CA', 'ON', { us: false, country: 'CA' }],
    ['IT', 'CA', { us: false, country: 'IT' }],
    ['PR', undefined, { us: false, country: 'PR' }],
    ['US', 'PR', { us: false, country: 'PR' }],
    ['US', 'US-GU', { us: false, country: 'GU' }],
    ['US', 'U.S. Virgin Islands', { us: false, country: 'VI' }],
  ])('%s, %s', (country, region, expected) => {
    expect(placeOf(country, region, 'header')).toEqual({ ...expected, source: 'header' })
  })

  it.each(['XX', 'T1', '', undefined, null])(
    'give no place where the country is %j, whatever the region',
    (country) => {
      expect(placeOf(country, 'CA', 'header')).toBeUndefined()
    },
  )
})

describe("the customer's own address", () => {
  it.each([
    [
      { state: 'CA', country: 'US' },
      { us: true, country: 'US', region: 'CA' },
    ],
    [
      { state: 'california', country: 'us' },
      { us: true, country: 'US', region: 'CA' },
    ],
    [{ state: 'CA' }, { us: true, country: 'US', region: 'CA' }],
    [
      { state: 'New York', country: ' ' },
      { us: true, country: 'US', region: 'NY' },
    ],
    [{ country: 'US' }, { us: true, country: 'US' }],
    [
      { state: 'Bayern', country: 'US' },
      { us: true, country: 'US' },
    ],
    [
      { state: 'CA', country: 'IT' },
      { us: false, country: 'IT' },
    ],
    [{ country: 'DE' }, { us: false, country: 'DE' }],
    [
      { state: 'PR', country: 'US' },
      { us: false, country: 'PR' },
    ],
  ])('%j', (user, expected) => expect(addressPlace(user)).toEqual({ ...expected, source: 'address' }))

  it.each([
    undefined,
    {},
    { state: '' },
    { state: 'Bayern' },
    { state: 'PR' },
    { state: 'CA', country: 'Italia' },
    { state: 'CA', country: 'XX' },
    { state: 'f'.repeat(64) },
  ])('%j names no place', (user) => expect(addressPlace(user)).toBeUndefined())
})
