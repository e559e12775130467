import fc from 'fast-check'
import { type CountryCode, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { describe, expect, it } from 'vitest'
import { normalisePhone, removePhones } from './phone.js'

describe('a phone number', () => {
  it.each([
    // The event's country comes before the site's.
    ['388 740 3368', 'IT', 'US', '+393887403368'],
    ['0171/2345678', 'DE', 'US', '+491712345678'],
    ['0412 345 678', 'AU', 'US', '+61412345678'],
    ['9876543210', 'IN', 'US', '+919876543210'],
    ['415 555 2671', 'US', 'GB', '+14155552671'],
    ['(415) 555-2671', 'FR', 'US', '+14155552671'],
    ['(415) 555-2671', undefined, 'US', '+14155552671'],
    ['+94771770589', 'LK', 'US', '+94771770589'],
    ['+49 (0)171-2345678', undefined, undefined, '+491712345678'],
    ['0044 20 7946 0958', undefined, undefined, '+442079460958'],
    ['011 44 20 7946 0958', 'US', undefined, '+442079460958'],
    // Longer than any number of the US, yet other senders send it.
    ['+1234567890', undefined, undefined, '+1234567890'],
    // Wrappers and invisible characters.
    ['\u202a+14155552671\u202c', undefined, undefined, '+14155552671'],
    ['+1\u00a0415\u2011555\u20112671', undefined, undefined, '+14155552671'],
    ['tel:+1-415-555-2671', undefined, undefined, '+14155552671'],
    ['TEL:+1-415-555-2671;ext=12;isub=1', undefined, undefined, '+14155552671'],
    ['tel:%2B14155552671', undefined, undefined, '+14155552671'],
    ['tel:20-7946-0958;phone-context=+44', undefined, 'US', '+442079460958'],
    ["'+14155552671", undefined, undefined, '+14155552671'],
    ['"(415) 555-2671",', undefined, 'US', '+14155552671'],
    ['+1\t415\n555 2671', undefined, undefined, '+14155552671'],
  ])('%j with the country %s, on a site of %s, is %s', (text, country, siteCountry, expected) => {
    expect(normalisePhone(text, country, siteCountry)).toBe(expected)
  })

  it.each([
    ['388 740 3368', undefined, 'US'],
    ['9876543210', undefined, 'US'],
    ['0412 345 678', undefined, 'US'],
    ['415 555 2671', undefined, 'GB'],
    ['415 555 2671', undefined, undefined],
    ...[
      '000-000-0000',
      '1111111111',
      '1234567890',
      '0',
      '123',
      '00',
      '+',
      '+0',
      '+123',
      'NULL',
      'call me',
    ].map((text) => [text, undefined, 'US']),
    ['+000 000 0000', undefined, undefined],
    ['0000 000 000', undefined, undefined],
    [`+1415555${'1'.repeat(100)}`, undefined, undefined],
  ])('%j with the country %s, on a site of %s, is left out', (text, country, siteCountry) => {
    expect(normalisePhone(text as string, country, siteCountry)).toBeUndefined()
  })
})

const countries = Object.keys(examples).filter((_, at) => at % 4 === 0) as CountryCode[]
const e164 = (country: CountryCode) => `+${getCountryCallingCode(country)}${examples[country]}`
const isValidIn = (text: string, country: CountryCode) =>
  parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })?.isValid() ?? false

describe('a mobile number of any country', () => {
  const anyCountry = fc.constantFrom(...countries)
  it(`is tested with ${countries.length} countries`, () =>
    expect(countries.length).toBeGreaterThanOrEqual(60))

  it.each(countries)('of %s is read in every form, with the country of the event', (country) => {
    const number = parsePhoneNumberFromString(e164(country), { extract: false })
    const national = number?.formatNational() ?? ''
    const international = number?.formatInternational() ?? ''
    for (const site of [undefined, 'US', 'GB', country]) {
      expect(normalisePhone(national, country, site), national).toBe(e164(country))
      expect(normalisePhone(national.replace(/\D/g, ''), country, site)).toBe(e164(country))
    }
    expect(normalisePhone(national, undefined, country)).toBe(e164(country))
    for (const event of [undefined, 'US', country]) {
      expect(normalisePhone(international, event, 'US')).toBe(e164(country))
      expect(normalisePhone(international.replaceAll(' ', '\u00a0'), event)).toBe(e164(country))
      expect(normalisePhone(`tel:${number?.number};ext=1`, event, 'US')).toBe(e164(country))
    }
    expect(normalisePhone(`00${number?.number.slice(1)}`)).toBe(e164(country))
  })

  it('is never read in a country in which it is not valid', () => {
    fc.assert(
      fc.property(anyCountry, anyCountry, anyCountry, (country, eventCountry, siteCountry) => {
        const national = parsePhoneNumberFromString(e164(country), { extract: false })?.formatNational() ?? ''
        const phone = normalisePhone(national, eventCountry, siteCountry)
        const valid = [eventCountry, siteCountry].filter((one) => isValidIn(national, one))
        if (valid[0] === undefined) expect(phone).toBeUndefined()
        else
          expect(phone).toBe(
            parsePhoneNumberFromString(national, { defaultCountry: valid[0], extract: false })?.number,
          )
      }),
      { seed: 42, numRuns: 500 },
    )
  })

  it('without its beginning or its end is left out or is another valid number', () => {
    fc.assert(
      fc.property(anyCountry, fc.nat({ max: 3 }), fc.boolean(), (country, cut, atEnd) => {
        const digits = examples[country]
        const wrong = atEnd ? digits.slice(0, digits.length - cut - 1) : digits.slice(cut + 1)
        const phone = normalisePhone(wrong, country)
        if (phone !== undefined) expect(isValidIn(phone, country)).toBe(true)
      }),
      { seed: 42, numRuns: 500 },
    )
  })
})

describe('a text', () => {
  it('loses what is left of its numbers when there are too many to read', () => {
    const budget = { parses: 3 }
    const text = Array.from({ length: 10 }, (_, at) => `+1 000 000 000${at}`).join(', ')
    expect(removePhones(text, budget).match(/000/g)?.length).toBeLessThan(10)
    expect(removePhones('+1 415 555 2671', budget)).toBe('')
  })

  it('is read at once, however long it is', () => {
    const began = performance.now()
    removePhones('+1 2 3 4 5 6 7 8 9 '.repeat(7_000), { parses: 20 })
    removePhones('+'.repeat(131_072), { parses: 20 })
    removePhones(`+${'1 '.repeat(65_536)}`, { parses: 20 })
    expect(performance.now() - began).toBeLessThan(1_500)
  })
})
