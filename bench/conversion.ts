// Builds realistic conversions for the benchmarks, and names their site.

export const site = {
  domain: 'shop.example',
  pixelCode: 'C4BENCH0000000000001',
  accessToken: 'bench-token-0000000000000000000000',
}
export const apiKey = 'bench-key-00000000000000000000000000000000'

export const browserHeaders = {
  'content-type': 'text/plain;charset=UTF-8',
  origin: `https://${site.domain}`,
  'user-agent':
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
}

/** About 600 bytes: a purchase with a customer, a click id and two products. */
const conversion = (id: string, nowMs: number) => ({
  event: 'Purchase',
  event_id: id,
  event_time: Math.floor(nowMs / 1000),
  user: { email: `${id}@example.com`, phone: '+1 415 555 1234', ttclid: 'E.C.P.CqMBbench0123456789' },
  page: { url: 'https://shop.example/thanks?order=1001', referrer: 'https://shop.example/cart' },
  properties: {
    value: 79.8,
    currency: 'USD',
    order_id: id,
    contents: [
      { content_id: 'sku-1', content_name: 'Canvas bag', quantity: 1, price: 49.9 },
      { content_id: 'sku-2', content_name: 'Enamel cup', quantity: 2, price: 14.95 },
    ],
  },
})

/** The body of `POST /e` with one event. */
export const browserBody = (id: string) =>
  JSON.stringify({ site: site.domain, events: [conversion(id, Date.now())], sent_at: Date.now() })

/** The body of `POST /v1/events` with many events. */
export const serverBody = (ids: string[]) =>
  JSON.stringify({
    site: site.domain,
    events: ids.map((id) => {
      const event = conversion(id, Date.now())
      return {
        ...event,
        user: { ...event.user, ip: '203.0.113.9', user_agent: browserHeaders['user-agent'] },
      }
    }),
  })
