/** What goes in and what TikTok gets: data that the tests run and the documentation shows. */
import type { HashedEvent, Sha256 } from '../../collector/src/event.js'
import type { TikTokEvent } from '../../collector/src/vendors/tiktok/types.js'

export interface Example {
  title: string
  in: HashedEvent
  out: TikTokEvent
}

const hash = (text: string) => text as Sha256
const base: HashedEvent = {
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
const sent = {
  event: 'Purchase',
  event_id: 'Purchase.1001',
  event_time: 1_795_400_000,
  limited_data_use: true,
  user: {},
}

export const examples: readonly Example[] = [
  {
    title: 'a purchase with everything known',
    in: {
      ...base,
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
      ...sent,
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
  { title: 'an event of which nothing else is known', in: base, out: sent },
  {
    title: 'a flag that is off is sent as false, not left out',
    in: { ...base, limitedDataUse: false, privacyReason: 'non-us' },
    out: { ...sent, limited_data_use: false },
  },
  {
    title: 'empty values are left out',
    in: {
      ...base,
      properties: {
        value: 0,
        description: '',
        content_ids: ['', 'sku-1'],
        contents: [{ content_id: '' }],
        options: { colour: '', sizes: [''] },
      },
    },
    out: { ...sent, properties: { value: 0, content_ids: ['sku-1'] } },
  },
  {
    title: 'the old name of the search text',
    in: { ...base, event: 'Search', properties: { query: 'blue cup' } },
    out: { ...sent, event: 'Search', properties: { search_string: 'blue cup' } },
  },
  {
    title: 'what does not belong into an item leaves it',
    in: {
      ...base,
      properties: { contents: [{ content_id: '1', content_type: 'product', sku: 'x' } as object] },
    },
    out: { ...sent, properties: { content_type: 'product', contents: [{ content_id: '1' }] } },
  },
]
