import { afterEach, describe, expect, test } from 'vitest'
import { gtag } from '../../../tests/support/snippet/platforms.js'
import { resetBrowser, settle, setValue, visit } from '../../../tests/support/snippet/visit.js'
import { eventNames } from './event-map.js'

afterEach(resetBrowser)

const getLayer = () => (window as unknown as { dataLayer: unknown[] }).dataLayer
const open = (before?: () => void, data: Record<string, string> = { datalayer: 'ga4' }) =>
  visit({ script: 'full', data: { pageview: 'off', ...data }, before })

const items = [
  { item_id: 'sku-1', item_name: 'Mug', item_category: 'Home', item_brand: 'Ferry', price: 9.5, quantity: 2 },
  { item_id: 'sku-2', index: 1 },
]
const contents = [
  {
    content_id: 'sku-1',
    content_name: 'Mug',
    content_category: 'Home',
    brand: 'Ferry',
    price: 9.5,
    quantity: 2,
  },
  { content_id: 'sku-2' },
]

describe('dataLayer', () => {
  test.each(Object.entries(eventNames))('maps %s to %s', async (name, expected) => {
    const page = await open()
    getLayer().push({ event: name })
    await settle()
    expect(page.names()).toEqual([expected])
  })

  test('sends a purchase with its contents, once per order', async () => {
    const page = await open()
    const purchase = {
      event: 'purchase',
      ecommerce: { transaction_id: 1001, value: 19, currency: 'EUR', tax: 3, items },
    }
    getLayer().push(purchase)
    await settle()
    getLayer().push(purchase)
    await settle()
    expect(page.sent('Purchase')).toMatchObject([{ event_id: 'Purchase.1001' }])
    expect(page.sent('Purchase')[0]?.properties).toEqual({
      value: 19,
      currency: 'EUR',
      order_id: 1001,
      content_type: 'product',
      contents,
    })
  })

  test('accepts calls of gtag', async () => {
    const page = await open()
    gtag('event', 'add_to_cart', { value: 5, items })
    gtag('event', 'search', { search_term: 'mugs' })
    await settle()
    expect(page.sent('AddToCart')[0]?.properties).toMatchObject({ value: 5, contents })
    expect(page.sent('Search')[0]?.properties).toEqual({ search_string: 'mugs' })
  })

  test('reads earlier entries once', async () => {
    const page = await open(() => setValue(window, 'dataLayer', [{ event: 'sign_up' }]))
    await settle()
    window.dispatchEvent(new Event('load'))
    await settle()
    expect(page.names()).toEqual(['CompleteRegistration'])
  })

  test('ignores other and invalid entries', async () => {
    const page = await open()
    getLayer().push(null, 'purchase', { event: 'scroll' }, { event: 'toString' }, [], {
      event: 'purchase',
      ecommerce: 5,
      items: 7,
    })
    gtag('set', 'purchase')
    gtag('event')
    await settle()
    expect(page.names().filter((name) => name !== 'Purchase')).toEqual([])
  })

  test('keeps the behaviour of push', async () => {
    await open(() => setValue(window, 'dataLayer', [1]))
    expect(getLayer().push('a', 'b')).toBe(3)
    expect([...getLayer()]).toEqual([1, 'a', 'b'])
  })

  test('is not read without data-datalayer', async () => {
    const page = await open(() => setValue(window, 'dataLayer', [{ event: 'sign_up' }]), {})
    await settle()
    expect(page.names()).toEqual([])
  })
})
