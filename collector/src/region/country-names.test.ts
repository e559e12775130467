import { describe, expect, it } from 'vitest'
import { countryCodes } from './countries.js'
import { countryNamed, countryNames } from './country-names.js'

describe('the name of a country', () => {
  it.each([
    ['USA', 'us'],
    ['U.S.A.', 'us'],
    ['United States', 'us'],
    ['the United States of America', 'us'],
    ['UK', 'gb'],
    ['Great Britain', 'gb'],
    ['United Kingdom of Great Britain and Northern Ireland (the)', 'gb'],
    ['Netherlands (Kingdom of the)', 'nl'],
    ['Holland', 'nl'],
    ['Russia', 'ru'],
    ['Russian Federation (the)', 'ru'],
    ['South Korea', 'kr'],
    ['Korea, Republic of', 'kr'],
    ['Viet Nam', 'vn'],
    ['Vietnam', 'vn'],
    ['Czechia', 'cz'],
    ['Türkiye', 'tr'],
    ['Curaçao', 'cw'],
    ['Côte d’Ivoire', 'ci'],
    ['St. Lucia', 'lc'],
    ['Bosnia & Herzegovina', 'ba'],
    ['Deutschland', 'de'],
    ['DEU', 'de'],
    ['Hong Kong SAR', 'hk'],
    ['GEORGIA', 'ge'],
    ['United States (US)', 'us'],
    ['United Kingdom (UK)', 'gb'],
    ['Virgin Islands (US)', 'vi'],
    ['Virgin Islands (British)', 'vg'],
    ['Congo (Kinshasa)', 'cd'],
    ['Saint Martin (Dutch part)', 'sx'],
  ])('%s is %s', (name, code) => expect(countryNamed(name)).toBe(code))

  it.each([
    '',
    'x',
    'Atlantis',
    'Congo',
    'Korea',
    'Virgin Islands',
    'California',
    'undefined',
    '中国',
    'a'.repeat(9_000),
  ])('is not %j', (text) => expect(countryNamed(text)).toBeUndefined())

  it('is known for each code of ISO 3166-1, by alpha-3 and by an English name', () => {
    for (const code of countryCodes) {
      const names = [...countryNames].filter(([, known]) => known === code).map(([name]) => name)
      expect(names.filter((name) => name.length === 3).length, code).toBeGreaterThanOrEqual(1)
      expect(names.length, code).toBeGreaterThanOrEqual(2)
    }
    for (const code of countryNames.values()) expect(countryCodes.has(code), code).toBe(true)
  })

  it('is found under the names that this version of Node has, but for ambiguous ones', () => {
    const english = new Intl.DisplayNames('en', { type: 'region' })
    const missed = [...countryCodes].filter(
      (code) => countryNamed(english.of(code.toUpperCase()) ?? '') !== code,
    )
    expect(missed).toEqual([])
  })
})
