import { afterEach, expect, test } from 'vitest'
import { accept, forgetVisits, settle, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const quiet = { pageview: 'off' }
const buy = { order_id: '1001' }

test('a thank-you page loaded again sends nothing again', async () => {
  const page = await visit({ data: quiet })
  page.tagferry.track('Purchase', buy)
  await settle()
  const again = await visit({ data: quiet })
  again.tagferry.track('Purchase', buy)
  await settle()
  expect(again.posts).toEqual([])
})

test('another event of the same order is sent', async () => {
  const page = await visit({ data: quiet })
  page.tagferry.track('PlaceAnOrder', buy)
  await settle()
  page.tagferry.track('Purchase', buy)
  await settle()
  expect(page.names()).toEqual(['PlaceAnOrder', 'Purchase'])
})

test('an order the collector skipped may come again', async () => {
  const page = await visit({
    data: quiet,
    answer: (body) => accept(body, [{ event_id: 'Purchase.1001', reason: 'site_paused' }]),
  })
  page.tagferry.track('Purchase', buy)
  await settle()
  const again = await visit({ data: quiet })
  again.tagferry.track('Purchase', buy)
  await settle()
  expect(again.names()).toEqual(['Purchase'])
})

test('events without an order are not remembered', async () => {
  const page = await visit({ data: quiet })
  page.tagferry.track('Lead')
  await settle()
  expect(localStorage.getItem('tagferry_orders')).toBeNull()
})

test('a hundred orders are remembered', async () => {
  const page = await visit({ data: quiet })
  for (let order = 1; order <= 101; order++) {
    page.tagferry.track('Purchase', { order_id: `${order}` })
    await settle()
  }
  const orders = JSON.parse(localStorage.getItem('tagferry_orders') ?? '[]')
  expect(orders).toHaveLength(100)
  expect(orders[0]).toBe('Purchase.2')
})
