import { afterEach, expect, test } from 'vitest'
import { accept, resetBrowser, settle, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const noPageview = { pageview: 'off' }
const order = { order_id: '1001' }

test('a reloaded thank-you page does not repeat the purchase', async () => {
  const page = await visit({ data: noPageview })
  page.tagferry.track('Purchase', order)
  await settle()
  const reloaded = await visit({ data: noPageview })
  reloaded.tagferry.track('Purchase', order)
  await settle()
  expect(reloaded.posts).toEqual([])
})

test('a different event of the same order is sent', async () => {
  const page = await visit({ data: noPageview })
  page.tagferry.track('PlaceAnOrder', order)
  await settle()
  page.tagferry.track('Purchase', order)
  await settle()
  expect(page.names()).toEqual(['PlaceAnOrder', 'Purchase'])
})

test('an order that the collector skipped is sent again', async () => {
  const page = await visit({
    data: noPageview,
    respond: (body) => accept(body, [{ event_id: 'Purchase.1001', reason: 'site_paused' }]),
  })
  page.tagferry.track('Purchase', order)
  await settle()
  const reloaded = await visit({ data: noPageview })
  reloaded.tagferry.track('Purchase', order)
  await settle()
  expect(reloaded.names()).toEqual(['Purchase'])
})

test('events without an order are not remembered', async () => {
  const page = await visit({ data: noPageview })
  page.tagferry.track('Lead')
  await settle()
  expect(localStorage.getItem('tagferry_orders')).toBeNull()
})

test('the last hundred orders are remembered', async () => {
  const page = await visit({ data: noPageview })
  for (let number = 1; number <= 101; number++) {
    page.tagferry.track('Purchase', { order_id: `${number}` })
    await settle()
  }
  const orders = JSON.parse(localStorage.getItem('tagferry_orders') ?? '[]')
  expect(orders).toHaveLength(100)
  expect(orders[0]).toBe('Purchase.2')
})
