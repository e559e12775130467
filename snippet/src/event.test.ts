import { afterEach, expect, test } from 'vitest'
import { forgetVisits, settle, startOfTest, visit } from '../testing/visit.js'

afterEach(forgetVisits)

test('an event says when, where and in which language', async () => {
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

test('without a referrer it is empty, which the collector leaves out', async () => {
  const page = await visit()
  await settle()
  expect(page.sent('Pageview')[0]?.page).toHaveProperty('referrer', '')
})

test('an order id makes the event id', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', { order_id: '1001', value: 9.5, currency: 'EUR' })
  await settle()
  expect(page.sent('Purchase')[0]).toMatchObject({
    event_id: 'Purchase.1001',
    properties: { order_id: '1001', value: 9.5, currency: 'EUR' },
  })
})

test('event ids without an order differ', async () => {
  const page = await visit()
  page.tagferry.track('AddToCart')
  page.tagferry.track('AddToCart')
  await settle()
  const [one, other] = page.sent('AddToCart')
  expect(page.sent('AddToCart')).toHaveLength(2)
  expect(one?.event_id).toMatch(/^AddToCart\..{8,}/)
  expect(one?.event_id).not.toBe(other?.event_id)
})

test('a given event id wins and becomes a string', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', { order_id: '1001' }, { event_id: 42 })
  await settle()
  expect(page.sent('Purchase')[0]?.event_id).toBe('42')
})

test('a given time wins', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', {}, { event_time: startOfTest.getTime() / 1000 - 60 })
  await settle()
  expect(page.sent('Purchase')[0]?.event_time).toBe(startOfTest.getTime() / 1000 - 60)
})

test('an event is as it was at the call', async () => {
  const page = await visit({ data: { consent: 'required' } })
  const properties = { value: 1 }
  page.tagferry.track('Purchase', properties)
  properties.value = 2
  page.tagferry.consent('grant')
  await settle()
  expect(page.sent('Purchase')[0]?.properties?.value).toBe(1)
})

test('properties of null are as none', async () => {
  const page = await visit()
  page.tagferry.track('Purchase', null as never, null as never)
  await settle()
  expect(page.sent('Purchase')[0]?.properties).toEqual({})
})
