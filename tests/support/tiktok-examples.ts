/** Lists examples of the mapping to TikTok's format; the unit test of the mapping runs each. */
import type { HashedEvent, Sha256 } from '../../collector/src/event.js'
import type { TikTokEvent } from '../../collector/src/vendors/tiktok/types.js'

export interface Example {
  title: string
  in: HashedEvent
  out: TikTokEvent
}

const hash = (text: string) => text as Sha256
const input: HashedEvent = {
  site: 'shop.example',
  source: 'browser',
  event: 'Purchase',
  eventId: 'Purchase.1001',
  eventTime: 1_795_400_000,
  receivedAt: 1_795_400_001_234,
  user: {},
  visitor: {},
  limitedDataUse: true,
  privacyReason: 'gpc',
}
const output = {
  event: 'Purchase',
  event_id: 'Purchase.1001',
  event_time: 1_795_400_000,
  limited_data_use: true,
  user: {},
}

const items = [
  { content_id: '1', price: 5, quantity: 2 },
  { content_id: '2', price: 0.1 },
]
const manyItems = Array.from({ length: 100 }, () => ({ content_id: 'sku', price: 1 }))
const noPrice = [{ content_id: '1' }, ...items]

export const examples: readonly Example[] = [
  {
    title: 'the value of a view of several products is that of its items',
    in: { ...input, event: 'ViewContent', properties: { currency: 'USD', contents: items } },
    out: { ...output, event: 'ViewContent', properties: { currency: 'USD', contents: items, value: 10.1 } },
  },
  {
    title: 'a value that was sent stays, 0 too',
    in: { ...input, event: 'AddToCart', properties: { currency: 'USD', contents: items, value: 0 } },
    out: { ...output, event: 'AddToCart', properties: { currency: 'USD', contents: items, value: 0 } },
  },
  {
    title: 'items without a price or a currency give no value',
    in: { ...input, event: 'ViewContent', properties: { currency: 'USD', contents: noPrice } },
    out: { ...output, event: 'ViewContent', properties: { currency: 'USD', contents: noPrice } },
  },
  {
    title: 'as many items as allowed give no value, as others may have been cut',
    in: { ...input, event: 'ViewContent', properties: { currency: 'USD', contents: manyItems } },
    out: { ...output, event: 'ViewContent', properties: { currency: 'USD', contents: manyItems } },
  },
  {
    title: 'a purchase is worth what was paid, which only its sender knows',
    in: { ...input, properties: { currency: 'USD', contents: items } },
    out: { ...output, properties: { currency: 'USD', contents: items } },
  },
  {
    title: 'a purchase with all fields',
    in: {
      ...input,
      user: {
        email: hash('848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f'),
        phone: hash('9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd'),
        ttclid: 'E.C.P.abc',
        city: 'sanjose',
      },
      visitor: { ip: '203.0.113.1', userAgent: 'Mozilla/5.0' },
      page: { url: 'https://shop.example/thanks', referrer: 'https://shop.example/cart' },
      properties: {
        value: 49.9,
        currency: 'USD',
        order_id: '1001',
        content_type: 'product',
        contents: [{ content_id: 'sku-1', quantity: 2, price: 24.95 }],
        colour_of_box: 'blue',
      },
    },
    out: {
      ...output,
      user: {
        email: hash('848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f'),
        phone: hash('9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd'),
        ttclid: 'E.C.P.abc',
        city: 'sanjose',
        ip: '203.0.113.1',
        user_agent: 'Mozilla/5.0',
      },
      page: { url: 'https://shop.example/thanks', referrer: 'https://shop.example/cart' },
      properties: {
        value: 49.9,
        currency: 'USD',
        order_id: '1001',
        content_type: 'product',
        contents: [{ content_id: 'sku-1', quantity: 2, price: 24.95 }],
        colour_of_box: 'blue',
      },
    },
  },
  { title: 'an event with the required fields only', in: input, out: output },
  {
    title: 'an unset flag is sent as false, not left out',
    in: { ...input, limitedDataUse: false, privacyReason: 'non-us' },
    out: { ...output, limited_data_use: false },
  },
  {
    title: 'empty values are left out',
    in: {
      ...input,
      properties: {
        value: 0,
        description: '',
        content_ids: ['', 'sku-1'],
        contents: [{ content_id: '' }],
        options: { colour: '', sizes: [''] },
      },
    },
    out: { ...output, properties: { value: 0, content_ids: ['sku-1'] } },
  },
  {
    title: 'the old name of the search string is replaced',
    in: { ...input, event: 'Search', properties: { query: 'blue cup' } },
    out: { ...output, event: 'Search', properties: { search_string: 'blue cup' } },
  },
  {
    title: 'an item keeps only the keys that TikTok documents',
    in: {
      ...input,
      properties: { contents: [{ content_id: '1', content_type: 'product', sku: 'x' } as object] },
    },
    out: { ...output, properties: { content_type: 'product', contents: [{ content_id: '1' }] } },
  },
]
