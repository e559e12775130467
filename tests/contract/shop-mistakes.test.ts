// Tests what TikTok receives of events as real shops and plugins send them, with the mistakes that they make.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, startTestSystem, type TestSystem, type WireAnswer } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const jane = sha256('jane@example.com')
const agent =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'

/** Posts an event of a server and gives it as TikTok received it. */
async function sent(event: object) {
  const body = { site: 'shop.example', events: [{ event: 'Purchase', event_id: newId(), ...event }] }
  const { status, json, text } = await system.postAsServer(body)
  expect(status, text).toBe(202)
  return system.tiktok.event((json as WireAnswer).ids[0] as string)
}

it.each([
  ['an order number with zeros', 'Purchase.00000001001'],
  ['an id of the script with Math.random() below 0.01', 'AddToCart.17959831037030.004890505776308007'],
  ['a version', 'order@2026.11'],
  ['a phone number', 'Lead.+14155552671'],
])('the id of an event is kept: %s', async (_, id) => {
  const eventId = `${id}.${process.pid}`
  expect((await sent({ event_id: eventId })).event_id).toBe(eventId)
})

it('an id with an e-mail address is sent as its hash, under which the answer names it', async () => {
  const eventId = `Purchase.${newId()}.jane@example.com`
  const body = { site: 'shop.example', events: [{ event: 'Purchase', event_id: eventId }] }
  const { json } = await system.postAsServer(body)
  expect(json).toMatchObject({ accepted: 1, ids: [sha256(eventId)] })
  expect((await system.tiktok.event(sha256(eventId))).event_id).toBe(sha256(eventId))
  expect((await system.postAsServer(body)).json).toMatchObject({ duplicates: 1, ids: [sha256(eventId)] })
})

it.each([
  ['a UPC padded to a GTIN-14', { contents: [{ content_id: '00012345678905', quantity: 1, price: 1 }] }],
  ['a list of GTINs', { content_ids: ['00012345678905', '0012345678905'] }],
  ['an order number with zeros', { order_id: '000000001001', value: 1, currency: 'USD' }],
  ['a part number', { search_string: 'part 001-234-567-8900' }],
  ['a Shopify id', { order_id: 'gid-820982911946154508', shop_id: '001234567890123' }],
])('properties are kept: %s', async (_, properties) => {
  expect((await sent({ properties })).properties).toEqual(properties)
})

it.each([
  ['of Italy on a site of the US', { phone: '388 740 3368', country: 'IT' }, '+393887403368'],
  ['of Germany on a site of the US', { phone: '0171/2345678', country: 'DE' }, '+491712345678'],
  [
    'of Australia, by the name of the country',
    { phone: '0412 345 678', country: 'Australia' },
    '+61412345678',
  ],
  ['with + and the country beside it', { phone: '+94771770589', country: 'LK' }, '+94771770589'],
  ['typed to skip the field', { phone: '000-000-0000' }, undefined],
  ['of ones', { phone: '1111111111' }, undefined],
  ['that are none', { phone: ['+', '0', 'NULL'] }, undefined],
  ['between marks of direction', { phone: '\u202a+14155552671\u202c' }, '+14155552671'],
  ['with a trunk zero', { phone: '+49 (0)171-2345678' }, '+491712345678'],
  ['of a link', { phone: 'tel:+1-415-555-2671;ext=5' }, '+14155552671'],
])('a phone number is hashed once it is certain: %s', async (_, user, expected) => {
  expect((await sent({ user })).user.phone).toBe(expected && sha256(expected))
})

it.each([
  '\u200bjane@example.com',
  'mailto:jane@example.com',
  '<jane@example.com>',
  '"jane@example.com"',
  'jane@example.com,',
  'jane@example.com.',
  ['jane@example.com', 'Jane <JANE@example.com>', 'undefined'],
])('an e-mail address is found in %j', async (email) => {
  expect((await sent({ user: { email } })).user.email).toBe(jane)
})

it.each([
  ['the hash of a placeholder', { email: sha256('undefined') }],
  ['the hash of a guest', { external_id: sha256('0') }],
  ['a click id of a script', { ttclid: 'undefined' }],
  ['a click id of a preview', { ttclid: '__CLICKID__' }],
  ['a guest', { external_id: 0 }],
  ['guests', { external_id: ['0', '-1', '0000'] }],
  ['a template', { first_name: '{{ customer.first_name }}', external_id: '%%ID%%' }],
  ['two addresses', { email: 'jane@example.com joe@example.com' }],
  ['a private address', { ip: '10.0.0.1' }],
  ['a user agent of a script', { user_agent: 'undefined' }],
])('nobody is sent for %s', async (_, user) => {
  expect((await sent({ user })).user).toEqual({})
})

it.each([
  ['last_name', "O'Brien as HTML", { last_name: 'O&#039;Brien' }, { last_name: sha256('obrien') }],
  [
    'country and zip_code',
    'names of countries',
    { country: 'United States', zip_code: '94107-1234' },
    { country: 'us', zip_code: sha256('94107') },
  ],
  ['external_id', 'a number', { external_id: 12345 }, { external_id: sha256('12345') }],
  ['city', 'a space', { city: 'Menlo Park' }, { city: 'menlopark' }],
  [
    'ip',
    'a copy of X-Forwarded-For',
    { ip: '81.2.69.160, 10.0.0.1', user_agent: agent },
    { ip: '81.2.69.160', user_agent: agent },
  ],
  ['locale', 'Accept-Language', { locale: 'en-GB,en-US;q=0.9,en;q=0.8' }, { locale: 'en-GB' }],
  ['ttclid', 'the value of the cookie', { ttclid: 'E.C.P.abc~1795400000000' }, { ttclid: 'E.C.P.abc' }],
  ['email', 'nothing else', { email: 'jane@example.com' }, { email: jane }],
])('%s: %s', async (_field, _mistake, user, expected) => {
  expect((await sent({ user })).user).toEqual(expected)
})

it('the key of an order leaves the address of its page', async () => {
  const url = 'https://shop.example/checkout/order-received/1001/'
  expect((await sent({ page: { url: `${url}?key=wc_order_AbC123dEf456G` } })).page?.url).toBe(url)
  expect((await system.delivered({ page: { url: `${url}?key=wc_order_AbC123dEf456G` } })).page?.url).toBe(url)
})

it('the noise of binary fractions leaves amounts', async () => {
  const { properties } = await sent({
    properties: { value: 49.900000000000006, contents: [{ price: 0.1 + 0.2 }] },
  })
  expect(properties).toEqual({ value: 49.9, contents: [{ price: 0.3 }] })
})
