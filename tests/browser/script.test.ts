// Tests the script in a real browser: under a strict Content-Security-Policy, with lazy parts, routers and verification.
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ShopSystem, startShopSystem } from '../support/shop-system.js'

let system: ShopSystem
let visit: BrowserContext
let page: Page
const noise: string[] = []
const posted: { event: string; event_id: string; page: { url: string } }[] = []

beforeAll(async () => {
  system = await startShopSystem()
})
afterAll(() => system?.stop())

beforeEach(async () => {
  visit = await system.browser.newContext()
  page = await visit.newPage()
  page.on('console', (message) => noise.push(message.text()))
  page.on('pageerror', (error) => noise.push(String(error)))
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/t/e')
      posted.push(...JSON.parse(request.postData() ?? '').events)
  })
})
afterEach(async () => {
  await visit.close()
  noise.length = 0
  posted.length = 0
})

const strict = (connect: string) =>
  `default-src 'none'; script-src 'nonce-n1' 'strict-dynamic'; connect-src ${connect}; require-trusted-types-for 'script'; trusted-types 'none'`

/** Opens a page on the shop's host with the script. */
const open = async (
  attributes: string,
  { path = 'strict', connect = "'self'", before = '', body = '' } = {},
) => {
  await page.route('**/strict*', (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': strict(connect) },
      body: `<!doctype html><head><title>Strict</title><link rel="icon" href="data:,">
        <script nonce="n1">${before}</script>
        <script nonce="n1" async src="/t/t.js" data-site="example.localhost" ${attributes}></script></head><body>${body}`,
    }),
  )
  await page.goto(system.home + path)
}
const names = () => posted.map(({ event }) => event)
const sent = (...expected: string[]) => expect.poll(() => names().sort()).toEqual(expected.sort())
/** Violations except those of the page's icon. */
const violations = () => noise.filter((line) => !line.includes('data:,'))

describe('under a strict policy', () => {
  it('the script, the data attributes and the parts for dataLayer and ttq work', async () => {
    await open('data-datalayer="ga4" data-ttq="replace"', {
      before: `window.ttq = []; ttq.push(['track', 'CompletePayment', { order_id: '5' }])
        window.dataLayer = [{ event: 'sign_up' }]`,
      body: '<button data-tt-event="Contact">call</button>',
    })
    await page.click('button')
    await sent('Pageview', 'Contact', 'CompleteRegistration', 'Purchase')
    expect(violations()).toEqual([])
  })

  it('each URL of a router is a page view, even after going back', async () => {
    await open('')
    await sent('Pageview')
    await page.evaluate("history.pushState({}, '', '/strict?b')")
    await page.evaluate("history.replaceState({ x: 1 }, '')")
    await page.evaluate("location.hash = 'top'")
    await page.evaluate("history.pushState({}, '', '/strict?c')")
    await sent('Pageview', 'Pageview', 'Pageview')
    await page.goBack()
    const searches = () => posted.map((event) => new URL(event.page.url).search)
    await expect.poll(searches).toEqual(['', '?b', '?c', '?b'])
  })

  it('a link to another domain of the shop carries the click id', async () => {
    await open('data-linker="pay.test"', {
      path: 'strict?ttclid=E.C.P.abc',
      body: '<a href="https://pay.test/cart?x=1">pay</a>',
    })
    await sent('Pageview')
    let followed = ''
    await page.route('https://pay.test/**', (route) => {
      followed = route.request().url()
      return route.fulfill({ body: 'pay' })
    })
    await page.click('a')
    await expect
      .poll(() => followed)
      .toMatch(/^https:\/\/pay\.test\/cart\?x=1&tagferry_link=E\.C\.P\.abc~\d{13}~\d{13}$/)
  })
})

describe('verification by the dashboard', () => {
  it('is reported to the collector', async () => {
    const reports: unknown[] = []
    await page.route('**/t/verify', (route) => {
      reports.push(JSON.parse(route.request().postData() ?? ''))
      return route.fulfill({ status: 204 })
    })
    await open('', { path: 'strict?tagferry_verify=nonce-1&ttclid=E.C.P.abc' })
    await expect.poll(() => reports).toHaveLength(1)
    expect(reports[0]).toMatchObject({
      site: 'example.localhost',
      nonce: 'nonce-1',
      report: {
        tag_in: 'head',
        tag_loading: 'async',
        copies: 1,
        storage: true,
        cookie_domain: 'example.localhost',
        ttclid_seen: true,
        ttclid_kept: true,
        webdriver: true,
      },
    })
  })

  it('shows on the page which directive a policy needs, if the report is blocked', async () => {
    await open('', { path: 'strict?tagferry_verify=nonce-1', connect: "'none'" })
    const badge = page.locator('tagferry-badge')
    await badge.waitFor({ state: 'attached' })
    expect(await badge.getByRole('alert').innerText()).toContain(`connect-src ${new URL(system.home).origin}`)
    await page.setViewportSize({ width: 390, height: 800 })
    const box = await badge.getByRole('alert').boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(16)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBe(390 - 16)
    await badge.getByRole('button').click()
    await badge.waitFor({ state: 'detached' })
    expect(violations().filter((line) => /style|trusted|script/i.test(line))).toEqual([])
  })
})
