// Tests which pages may send events of a site: the host of Origin decides, else the host of Referer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Call } from '../support/http.js'
import { purchase, startTestSystem, type TestSystem, type WireAnswer } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

async function reason(headers: Call['headers'] = {}, extra: object = {}) {
  const { status, json } = await system.post(
    { ...purchase(), ...extra },
    { headers: { origin: undefined, ...headers } },
  )
  expect(status).toBe(202)
  const { accepted, skipped } = json as WireAnswer
  return accepted === 1 ? 'accepted' : skipped[0]?.reason
}

it.each([
  'https://shop.example',
  'https://SHOP.Example',
  'https://shop.example.',
  'http://shop.example',
  'https://shop.example:8443',
  'https://www.shop.example',
  'https://a.b.c.shop.example',
  'https://shop-alias.example',
  'https://www.shop-alias.example',
])('a page of %s may send events', async (origin) => {
  expect(await reason({ origin })).toBe('accepted')
})

it.each([
  'https://evil-shop.example',
  'https://evilshop.example',
  'https://shop.example.evil.com',
  'https://shop.example-evil.com',
  'https://shop.examples',
  'https://shop.exampl',
  'https://shop.example.com',
  'https://shopxexample',
  'https://shop-example',
  'https://shop_example',
  'https://hop.example',
  'https://example',
  'https://.example',
  'https://shop',
  'https://shop.',
  'https://com.shop.example.evil',
  'https://shop.example@evil.com',
  'https://shop.example:443@evil.com',
  'https://shop.example%40evil.com',
  'https://shop.example%2eevil.com',
  'https://shop.example%00.evil.com',
  'https://evil.com/shop.example',
  'https://evil.com/https://shop.example',
  'https://evil.com?shop.example',
  'https://evil.com#shop.example',
  'https://evil.com#@shop.example',
  'https://evil.com\\.shop.example',
  'https://evil.com\\@shop.example',
  'https://evil.com;.shop.example.evil',
  'https://evil.com, https://shop.example',
  'https://shop.example, https://evil.com',
  'https://shop.example https://evil.com',
  'https://xn--shp-5qa.example',
  'https://xn--shop-example-.com',
  'https://shop.example..',
  'https://shop..example',
  'https://127.0.0.1',
  'https://2130706433',
  'https://[::1]',
  'https://shop.example:99999',
  'https://shop.example:evil',
  'shop.example',
  '//shop.example',
  'shop.example:443',
  'https:',
  'https://',
  'data:text/html,shop.example',
  'javascript:shop.example',
  'about:blank',
  'about:srcdoc',
  'file://',
  'blob:null/shop.example',
  'chrome-extension://shop.example.evil',
  'undefined',
  'NULL',
  'nullnull',
  '*',
  '*.shop.example',
  'https://*.evil.com',
  'https://other.example',
  'https://shop.example.other.example',
  'https://shop-alias.example.evil.com',
  'https://evil-shop-alias.example',
])('a page of %s may not send events', async (origin) => {
  expect(await reason({ origin })).toBe('origin_not_allowed')
})

it('two Origin headers are refused', async () => {
  expect(await reason({ origin: ['https://evil.com', 'https://shop.example'] })).toBe('origin_not_allowed')
})

describe('without an Origin', () => {
  it('the Referer counts', async () => {
    expect(await reason({ referer: 'https://www.shop.example/cart?a=1' })).toBe('accepted')
    expect(await reason({ referer: 'https://shop.example.evil.com/' })).toBe('origin_not_allowed')
    expect(await reason({ referer: 'https://evil.com/?https://shop.example/' })).toBe('origin_not_allowed')
    expect(await reason({ referer: 'https://user:shop.example@evil.com/' })).toBe('origin_not_allowed')
  })

  it('and without a Referer, the events are refused', async () => {
    expect(await reason()).toBe('origin_not_allowed')
  })

  it('the page in the body does not count', async () => {
    const { json } = await system.post(purchase({ page: { url: 'https://shop.example/' } }), {
      headers: { origin: undefined },
    })
    expect(json).toMatchObject({ accepted: 0, skipped: [{ reason: 'origin_not_allowed' }] })
  })

  it('neither the public key nor another header counts', async () => {
    expect(await reason({}, { site_key: 'key-of-shop.example' })).toBe('origin_not_allowed')
    expect(await reason({ host: 'shop.example' })).toBe('origin_not_allowed')
    expect(await reason({ 'x-forwarded-host': 'shop.example' })).toBe('origin_not_allowed')
  })
})

describe('with a foreign Origin', () => {
  it('a Referer of the site does not count', async () => {
    expect(await reason({ origin: 'https://evil.com', referer: 'https://shop.example/' })).toBe(
      'origin_not_allowed',
    )
    expect(await reason({ origin: 'null', referer: 'https://shop.example/' })).toBe('origin_not_allowed')
  })

  it('the public key does not count', async () => {
    expect(await reason({ origin: 'https://evil.com' }, { site_key: 'key-of-shop.example' })).toBe(
      'origin_not_allowed',
    )
  })
})

describe('a sandboxed frame (Origin: null)', () => {
  it.each([
    ['the public key of the site', 'key-of-shop.example', 'accepted'],
    ['the key of another site', 'key-of-other.example', 'origin_not_allowed'],
    ['a wrong key', 'key-of-shop.exampl', 'origin_not_allowed'],
    ['the key in other case', 'KEY-of-shop.example', 'origin_not_allowed'],
    ['an empty key', '', 'origin_not_allowed'],
    ['no key', undefined, 'origin_not_allowed'],
  ])('with %s', async (_, key, expected) => {
    expect(await reason({ origin: 'null' }, { site_key: key })).toBe(expected)
  })
})

it('an alias may be given as the site', async () => {
  const body = { ...purchase(), site: 'shop-alias.example' }
  const { json } = await system.post(body, { headers: { origin: 'https://shop.example' } })
  expect(json).toMatchObject({ accepted: 1 })
})
