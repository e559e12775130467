// Tests the main use case from end to end: a visitor from an ad buys in the example shop, in a real browser.
import { createHash } from 'node:crypto'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchFiles, searchText } from '../support/search.js'
import { type ShopSystem, startShopSystem } from '../support/shop-system.js'

const email = 'Jane.Canary@Example.com'
const phone = '(415) 555-1234'
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('a visitor from an ad', () => {
  let system: ShopSystem
  let visit: BrowserContext
  let page: Page
  const noise: string[] = []

  beforeAll(async () => {
    system = await startShopSystem()
    visit = await system.browser.newContext()
    page = await visit.newPage()
    page.on('console', (message) => noise.push(message.text()))
    page.on('pageerror', (error) => noise.push(String(error)))
  })
  afterAll(() => system?.stop())

  it('views and buys a product, and TikTok receives an event of each step', async () => {
    await page.goto(`${system.home}?ttclid=E.C.P.abc`)
    await page.getByTestId('product-night-ferry').click()
    await page.getByTestId('product-name').waitFor()
    await page.getByTestId('add-to-cart').click()
    await page.getByTestId('to-checkout').click()
    await page.getByTestId('email').fill(email)
    await page.getByTestId('phone').fill(phone)
    await page.getByTestId('place-order').click()
    await page.getByTestId('thanks').waitFor()

    for (const name of ['ViewContent', 'AddToCart', 'InitiateCheckout', 'Purchase']) {
      const events = await system.received(name)
      expect(
        events.map(({ verdict, findings }) => ({ verdict, findings })),
        name,
      ).toEqual([{ verdict: 'accepted', findings: [] }])
      expect(events[0]?.payload, name).toMatchObject({
        event: name,
        event_id: expect.any(String),
        limited_data_use: true,
        user: {
          ttclid: 'E.C.P.abc',
          ip: '203.0.113.7',
          user_agent: expect.stringContaining('Chrome'),
        },
        page: { url: expect.stringContaining('example.localhost') },
        properties: {
          content_type: 'product',
          contents: [{ content_id: 'LH-FERRY', quantity: 1, price: 48 }],
          value: 48,
          currency: 'USD',
        },
      })
    }
    const [purchase] = await system.received('Purchase')
    const orderId = await page.getByTestId('order-id').textContent()
    expect(purchase?.payload).toMatchObject({
      event_id: `Purchase.${orderId}`,
      user: { email: sha256('jane.canary@example.com'), phone: sha256('+14155551234') },
      properties: { order_id: orderId },
    })
  })

  it('has bought once, although the thank-you page is shown again', async () => {
    await page.reload()
    await page.getByTestId('thanks').waitFor()
    await page.goBack()
    await page.goForward()
    await page.getByTestId('thanks').waitFor()
    const before = (await system.received('Pageview')).length
    await page.goto(system.home)
    await system.received('Pageview', before + 1)
    expect(await system.received('Purchase')).toHaveLength(1)
  })

  it('keeps the click id in a first-party cookie on all hosts of the shop', async () => {
    const cookies = (await visit.cookies()).filter(({ name }) => name === 'tagferry_ttclid')
    expect(cookies).toMatchObject([{ domain: '.example.localhost', secure: true, sameSite: 'Lax' }])
    expect(cookies[0]?.value).toMatch(/^E\.C\.P\.abc~\d{13}$/)
    const daysLeft = ((cookies[0]?.expires ?? 0) - Date.now() / 1_000) / 86_400
    expect(daysLeft).toBeGreaterThan(29)
    expect(daysLeft).toBeLessThanOrEqual(30)
  })

  it('sees no error on any page', () => expect(noise).toEqual([]))

  it('leaves no plain e-mail and no plain phone on the collector’s disk or in its log', async () => {
    const needles = [email, 'jane.canary', phone, '4155551234', '+14155551234']
    const { collector } = system
    expect(searchText('log', collector.log(), needles)).toEqual([])
    expect(searchFiles(collector.dataDir, needles)).toEqual([])
    await collector.kill()
    expect(searchFiles(collector.dataDir, needles)).toEqual([])
    // Control: the search finds the hash, which is in the same files.
    expect(searchFiles(collector.dataDir, [sha256('jane.canary@example.com')]).length).toBeGreaterThan(0)
  })
})
