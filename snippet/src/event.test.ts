import { afterEach, expect, test } from 'vitest'
import { resetBrowser, settle, startOfTest, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

test('an event has a time, a page and a language', async () => {
  const page = await visit({
    url: 'https://www.shop.example/cart?x=1',
    referrer: 'https://www.shop.example/',
  })
  await settle()
  expect(page.sent('Pageview')[0]).toMatchObject({
    event_time: startOfTest.getTime() / 1000,
    page: { url: 'https://www.shop.example/cart?x=1', referrer: 'https://www.shop.example/' },
    user: { locale: navigator.language },
  })
})

test('a missing referrer is sent as an empty string', async () => {
  const page = await visit()
  await settle()
  expect(page.sent('Pageview')[0]?.page).toHaveProperty('referrer', '')
})

test('the event id is built from the order id', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', { order_id: '1001', value: 9.5, currency: 'EUR' })
  await settle()
  expect(page.sent('Purchase')[0]).toMatchObject({
    event_id: 'Purchase.1001',
    properties: { order_id: '1001', value: 9.5, currency: 'EUR' },
  })
})

test('events without an order id get different event ids', async () => {
  const page = await visit()
  page.tagferry.track('AddToCart')
  page.tagferry.track('AddToCart')
  await settle()
  const [first, second] = page.sent('AddToCart')
  expect(page.sent('AddToCart')).toHaveLength(2)
  expect(first?.event_id).toMatch(/^AddToCart\..{8,}/)
  expect(first?.event_id).not.toBe(second?.event_id)
})

test('an event id passed as an option takes precedence, as a string', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', { order_id: '1001' }, { event_id: 42 })
  await settle()
  expect(page.sent('Purchase')[0]?.event_id).toBe('42')
})

test('a time passed as an option takes precedence', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', {}, { event_time: startOfTest.getTime() / 1000 - 60 })
  await settle()
  expect(page.sent('Purchase')[0]?.event_time).toBe(startOfTest.getTime() / 1000 - 60)
})

test('later changes of the properties do not change the event', async () => {
  const page = await visit({ data: { consent: 'required' } })
  const properties = { value: 1 }
  page.tagferry.track('Purchase', properties)
  properties.value = 2
  page.tagferry.consent('grant')
  await settle()
  expect(page.sent('Purchase')[0]?.properties?.value).toBe(1)
})

test('null properties are sent as an empty object', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', null as never, null as never)
  await settle()
  expect(page.sent('Purchase')[0]?.properties).toEqual({})
})
