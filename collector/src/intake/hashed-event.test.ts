import { describe, expect, it } from 'vitest'
import type { EnrichedEvent, Site } from '../event.js'
import { sha256 } from './hash.js'
import { hashEvent, hashUser, ignoreWarnings } from './hashed-event.js'

const site: Site = {
  domain: 'shop.example',
  aliases: [],
  siteKey: 'key',
  paused: false,
  country: 'US',
  keepLegacyNames: false,
  phoneForms: ['digits'],
  vendors: [{ name: 'tiktok', enabled: true }],
}

function hashed(change: Partial<EnrichedEvent>) {
  const warnings: [rule: string, path: string, words: string][] = []
  const event: EnrichedEvent = {
    site,
    source: 'server',
    event: 'Purchase',
    eventId: 'Purchase.1001',
    eventTime: 1_795_400_000,
    receivedAt: 1_795_400_000_000,
    user: {},
    clickIds: {},
    visitor: {},
    landingKeys: [],
    privacy: {},
    vendors: ['tiktok'],
    ...change,
  }
  const result = hashEvent(event, { limitedDataUse: false, reason: 'non-us' }, (...warning) =>
    warnings.push(warning),
  )
  return { event: result, warnings, paths: warnings.map(([rule, path]) => `${rule} ${path}`) }
}

describe('a usual event', () => {
  it('has no warnings, and keeps its properties as they are', () => {
    const properties = {
      value: 49.9,
      currency: 'USD',
      order_id: '1001',
      contents: [{ content_id: 'sku-1', price: 49.9 }],
    }
    const user = {
      email: 'jane@example.com',
      phone: '+1 415 555 1234',
      country: 'US',
      state: '',
      ttclid: 'E.C.P.abc',
    }
    const { event, warnings } = hashed({ user, clickIds: { ttclid: 'E.C.P.abc' }, properties })
    expect(warnings).toEqual([])
    expect(event.properties).toBe(properties)
  })
})

describe('warnings', () => {
  it('name each value of the user that is left out, and none of the others', () => {
    const { event, paths, warnings } = hashed({
      user: {
        email: ['jane@example.com', 'jane', sha256('')],
        phone: ['415 555 2671', 'call me'],
        external_id: ['0', 'u-42'],
        first_name: '---',
        last_name: '&unknown;',
        zip_code: 'undefined',
        city: '123',
        state: 'Bavaria',
        country: 'Atlantis',
        locale: '!',
        ttclid: 'E.C.P/abc',
        ttp: '__TTP__',
        ip: '10.0.0.1',
        user_agent: 'undefined',
      },
    })
    expect(paths).toEqual([
      'invalid_user_value user.country',
      'invalid_email user.email[1]',
      'placeholder user.email[2]',
      'invalid_phone user.phone[1]',
      'placeholder user.external_id[0]',
      'placeholder user.first_name',
      'invalid_user_value user.last_name',
      'placeholder user.zip_code',
      'invalid_user_value user.city',
      'invalid_user_value user.state',
      'invalid_user_value user.locale',
      'invalid_click_id user.ttclid',
      'placeholder user.ttp',
      'private_address user.ip',
      'placeholder user.user_agent',
    ])
    expect(event.user).toEqual({
      email: sha256('jane@example.com'),
      phone: sha256('+14155552671'),
      phone_digits: sha256('14155552671'),
      external_id: sha256('u-42'),
    })
    expect(JSON.stringify(warnings)).not.toMatch(/Atlantis|Bavaria|call me|10\.0\.0\.1|E\.C\.P/)
  })

  it('are not given for empty values, nor for an address of a connection', () => {
    const user = { email: '', phone: ' ', first_name: '\u200b', ttclid: '', ip: '' }
    expect(hashed({ user }).warnings).toEqual([])
    expect(hashed({ source: 'browser' }).warnings).toEqual([])
  })

  it('name what is removed from properties, without the value', () => {
    const { event, paths, warnings } = hashed({
      eventId: 'Purchase.jane@example.com',
      properties: {
        description: 'Order of jane@example.com',
        customer: { name: 'Jane', phone: '1' },
        order_key: 'wc_order_abc',
        order_id: 'jane@example.com',
        note_attributes: [{ name: 'Delivery phone', value: '415 555 1234' }],
        'jane@example.com': 1,
        page: 'https://shop.example/?key=wc_order_abc&a=1',
        deep: [{ list: ['a', 'call +1 415 555 1234'] }],
      },
    })
    expect(paths).toEqual([
      'personal_data event_id',
      'personal_data properties.description',
      'personal_data properties.customer',
      'personal_data properties.order_key',
      'personal_data properties.order_id',
      'personal_data properties.note_attributes[0].value',
      'personal_data properties',
      'personal_data properties.page',
      'personal_data properties.deep[0].list[1]',
    ])
    expect(event.eventId).toBe(sha256('Purchase.jane@example.com'))
    expect(event.properties).toEqual({
      description: 'Order of',
      order_id: sha256('jane@example.com'),
      note_attributes: [{ name: 'Delivery phone' }],
      page: 'https://shop.example/?a=1',
      deep: [{ list: ['a', 'call'] }],
    })
    expect(JSON.stringify(warnings)).not.toMatch(/jane|415|wc_order/i)
  })
})

describe('an e-mail address in another field', () => {
  it.each(['city', 'state', 'country', 'locale', 'first_name', 'last_name', 'zip_code'])(
    'is neither sent nor hashed: %s',
    (field) => {
      for (const value of ['jane@example.com', 'jane%40example.com', 'Jane <jane@example.com>']) {
        const { event, paths } = hashed({ user: { [field]: value } })
        expect(event.user).toEqual({})
        expect(paths).toEqual([`invalid_user_value user.${field}`])
      }
    },
  )
})

describe('what is removed from properties', () => {
  it.each([
    ['phone', 'personal data, removed; it belongs in `user`'],
    ['dob', 'personal data, removed'],
    ['secure_key', 'a secret, removed'],
    ['cvc', 'a secret, removed'],
    ['note', 'the number of a payment card, a secret, removed'],
  ])('is named for what it is: %s', (key, words) => {
    const { warnings } = hashed({ properties: { [key]: '4242424242424242' } })
    expect(warnings).toEqual([['personal_data', `properties.${key}`, words]])
  })
})

describe('a phone number', () => {
  it('is read in the country of the event, by its name too, and has both forms', () => {
    for (const country of ['IT', 'it', 'Italy', 'ITA'])
      expect(
        hashUser({ phone: '388 740 3368', country }, ignoreWarnings, {
          country: 'US',
          phoneForms: ['digits'],
        }),
      ).toMatchObject({ phone: sha256('+393887403368'), phone_digits: sha256('393887403368'), country: 'it' })
  })

  it('is read in the country of the site where the event names none that exists', () => {
    for (const country of [undefined, '', 'Atlantis'])
      expect(
        hashUser({ phone: '415 555 2671', ...(country !== undefined && { country }) }, ignoreWarnings, {
          country: 'US',
        }).phone,
      ).toBe(sha256('+14155552671'))
  })
})

describe('an amount', () => {
  it.each([
    [49.900000000000006, 49.9],
    [0.1 + 0.2, 0.3],
    [1.005, 1.005],
    [12.345678, 12.345678],
    [1e21, 1e21],
    [-49.900000000000006, -49.9],
  ])('of %d is sent as %d', (amount, expected) => {
    const { event, warnings } = hashed({
      properties: { value: amount, contents: [{ price: amount }], ratio: amount },
    })
    expect(event.properties).toEqual({ value: expected, contents: [{ price: expected }], ratio: amount })
    expect(warnings).toEqual([])
  })
})
