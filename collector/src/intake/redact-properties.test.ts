import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ignoreWarnings } from './hashed-event.js'
import { redactId, redactProperties } from './redact-properties.js'

describe('properties', () => {
  it.each([
    [{ email: 'x', phone: 5, first_name: 'Jane', customer_name: 'x', telephone: '1' }, {}],
    [{ description: 'Order of jane@example.com, thanks' }, { description: 'Order of , thanks' }],
    [{ description: 'call +1 (415) 555-1234 now' }, { description: 'call  now' }],
    [{ search_string: 'jane@example.com' }, { search_string: '' }],
    [{ custom: { who: ['a', 'j@e.example'], mail: 1 } }, { custom: { who: ['a', ''] } }],
    [{ 'jane@example.com': 1 }, {}],
  ])('%j are stored as %j', (properties, expected) =>
    expect(redactProperties(properties, ignoreWarnings)).toEqual(expected),
  )

  it.each([
    { value: 49.9, currency: 'USD', order_id: '1001', content_name: 'Mug "2 + 2" @ home', order: '000-00-1' },
    {
      contents: [{ content_id: 'sku-1', content_name: 'Cup' }],
      email_opt_in: true,
      page_name: 'x',
      phone_case: 'red',
    },
    { sku: '4006381333931', ratio: '+5 %', note: '2026-11-23T10:00:00+01:00' },
  ])('%j stay the same object', (properties) =>
    expect(redactProperties(properties, ignoreWarnings)).toBe(properties),
  )

  it('never keep an e-mail address, wherever it is', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    fc.assert(
      fc.property(word, word, fc.string(), fc.string(), (name, host, before, after) => {
        const properties = { a: [{ b: `${before} ${name}@${host}.example ${after}` }] }
        expect(JSON.stringify(redactProperties(properties, ignoreWarnings))).not.toContain(
          `${name}@${host}.example`,
        )
      }),
    )
  })
})

describe('an id', () => {
  it('is stored as it is unless it holds personal data', () => {
    expect(redactId('Purchase.1001', ignoreWarnings)).toBe('Purchase.1001')
    expect(redactId('Purchase.jane@example.com', ignoreWarnings)).toMatch(/^[0-9a-f]{64}$/)
    expect(redactId('+14155551234', ignoreWarnings)).toBe(redactId('+14155551234', ignoreWarnings))
  })
})
