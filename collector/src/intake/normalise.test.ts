import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import published from '../../../tests/support/normalisation-vectors.json' with { type: 'json' }
import { clickIds } from '../click-ids.js'
import { type HashOptions, hashUser as hash, ignoreWarnings } from './hashed-event.js'

const hashUser = (user: Parameters<typeof hash>[0], options?: HashOptions) =>
  hash(user, ignoreWarnings, options)

/** `idfa` and `gaid` are for apps only; `ip` and `user_agent` are not hashed. */
const vectors = published.vectors.filter(({ field }) => !['idfa', 'gaid', 'ip', 'user_agent'].includes(field))

const isClickId = (field: string) => clickIds.some(({ key }) => key === field)

describe('published vectors', () => {
  it.each(vectors.map((vector) => [`${vector.field} ${JSON.stringify(vector.input)}`, vector] as const))(
    '%s',
    (_name, { field, input, normalised, hashed, sha256, context }) => {
      const user = hashUser(
        { [field]: input, ...(context?.country && { country: context.country }) },
        { country: context?.default_country, clickIds: isClickId(field) ? { [field]: input } : {} },
      )
      expect(user[field as keyof typeof user]).toEqual((hashed ? sha256 : normalised) ?? undefined)
    },
  )

  it('are complete', () => expect(vectors).toHaveLength(published.count - 5))
})

/** The hash of a text, through a field that is not normalised but for trimming. */
const hashOf = (text: string) => hashUser({ external_id: text }).external_id

describe('values that senders often get wrong', () => {
  it.each([
    ['(415) 555-1234', 'US', '+14155551234'],
    ['+1 (415) 555-1234', undefined, '+14155551234'],
    ['0044 20 7946 0018', undefined, '+442079460018'],
    ['0044 20 7946 0018', 'US', '+442079460018'],
    ['＋１ ４１５ ５５５ １２３４', undefined, '+14155551234'],
    ['+1 415 555 1234 ext. 99', undefined, '+14155551234'],
  ])('phone %s with default country %s is %s', (phone, country, expected) => {
    expect(hashUser({ phone }, { country }).phone).toBe(hashOf(expected))
  })

  it.each([
    ['(415) 555-1234', undefined],
    ['call me', 'US'],
    ['123', 'US'],
    ['', 'US'],
    ['+', 'US'],
    ['00', 'US'],
  ])('phone %j with default country %s is left out', (phone, country) => {
    expect(hashUser({ phone }, { country })).toEqual({})
  })

  it.each([
    ['first_name', "O'Brien", 'obrien'],
    ['first_name', 'O’Brien', 'obrien'],
    ['last_name', '  Mary \t Jane ', 'mary jane'],
    ['zip_code', '94107-1234', '941071234'],
    ['last_name', 'O&#039;Brien', 'obrien'],
    ['last_name', 'O&amp;#x27;Brien', 'obrien'],
    ['first_name', 'Ren&eacute;e &Ouml;z&ccedil;elik', 'renée özçelik'],
    ['last_name', 'Gro&szlig;&amp;oslash; &Scaron;', 'großø š'],
    ['first_name', 'Mary\tJane\r\n', 'mary jane'],
    ['first_name', '\u200bJa\u200dne\ufe0f', 'jane'],
    ['first_name', 'Jose\u0301', 'jos\u00e9'],
    ['zip_code', '\u2066 M5V\u00a03L9\u2069', 'm5v3l9'],
    ['external_id', '\ufeffUser-42\u0000', 'User-42'],
  ])('%s %j is hashed as %j', (field, value, expected) => {
    expect(hashUser({ [field]: value })[field as 'first_name']).toBe(hashOf(expected))
  })

  it.each([
    ['state', 'California', 'ca'],
    ['state', ' new  york ', 'ny'],
    ['state', 'Bavaria', undefined],
    ['country', 'us', 'us'],
    ['country', 'USA', 'us'],
    ['country', ' U.S.A. ', 'us'],
    ['country', 'United States', 'us'],
    ['country', 'The Netherlands', 'nl'],
    ['country', 'Korea, Republic of', 'kr'],
    ['country', 'C\u00f4te d\u2019Ivoire', 'ci'],
    ['country', 'D\u200bE', 'de'],
    ['country', 'zz', undefined],
    ['country', 'Atlantis', undefined],
    ['state', 'US-CA', 'ca'],
    ['state', 'ca\u200b', 'ca'],
    ['city', 'San\u200b Jose\u0301', 'sanjos\u00e9'],
    ['city', 'Târgu Mureș 2', 'târgumureș'],
    ['locale', 'en_US', 'en-US'],
    ['locale', '; drop', undefined],
    ['locale', 'en-GB,en-US;q=0.9,en;q=0.8', 'en-GB'],
    ['locale', 'en_US.UTF-8', 'en-US'],
    ['locale', '*', undefined],
    ['locale', 'janedoe', undefined],
    ['city', 'M&uuml;nchen', 'münchen'],
  ])('%s %j is sent as %j', (field, value, expected) => {
    expect(hashUser({ [field]: value })[field as 'city']).toBe(expected)
  })

  it('the hash of the empty text is left out, in any case', () => {
    expect(
      hashUser({
        email: published.empty_string_sha256.toUpperCase(),
        zip_code: published.empty_string_sha256,
      }),
    ).toEqual({})
  })

  it('a list of equal values is a single value', () => {
    expect(hashUser({ email: ['a@b.example', ' A@B.example', 'nothing'] }).email).toBe(hashOf('a@b.example'))
  })

  it('a list without valid values is left out', () => {
    expect(hashUser({ email: ['', 'x'], phone: [] })).toEqual({})
  })
})

describe('any value', () => {
  const plainFields = ['city', 'state', 'country', 'ttclid', 'ttp', 'locale']
  it('is hashed to lower-case hex or left out, and hashing it twice changes nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code'),
        fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress(), fc.stringMatching(/^\+?[\d ()-]{0,20}$/)),
        (field, value) => {
          const once = hashUser({ [field]: value }, { country: 'US' })
          for (const [key, hash] of Object.entries(once)) {
            expect(plainFields).not.toContain(key)
            expect(hash).toMatch(/^[0-9a-f]{64}$/)
            expect(hash).not.toBe(published.empty_string_sha256)
          }
          expect(hashUser(once as Record<string, string>, { country: 'US' })).toEqual(once)
        },
      ),
    )
  })
})
