// Tests every dashboard page in each state: axe in light and dark mode, and the width in narrow windows.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { type Collector, startCollector } from '../support/collector.js'
import { connectDomain, type Dashboard, password, setupLink, startDashboard } from '../support/dashboard.js'
import {
  logInAsOwner,
  openWindow,
  postEvents,
  postServerEvent,
  serverKeySettings,
  startMisconfiguredShop,
  type Visit,
} from '../support/dashboard-visit.js'
import { call } from '../support/http.js'
import { pagePaths } from '../support/page-paths.js'
import { okBody } from '../support/tiktok.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Widths in pixels: 1,280 at a zoom of 400 %, and a phone. */
const narrow = [320, 390]

const counts = { checks: 0, pages: new Set<string>(), violations: 0, widths: 0 }
/** Violations that axe finds in light and dark mode, and windows that the page does not fit. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults: string[] = []
  await page.evaluate(axe)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const found = await page.evaluate<{ id: string; html: string; summary: string }[]>(`
      axe.run(document, { runOnly: ${JSON.stringify(levels)}, resultTypes: ['violations'] }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) =>
          nodes.map(({ html, failureSummary }) => ({ id, html, summary: failureSummary }))))`)
    for (const { id, html, summary } of found) faults.push(`${name} ${colorScheme}: ${id} ${html} ${summary}`)
    counts.checks += 1
    counts.violations += found.length
  }
  const original = page.viewportSize()
  for (const width of narrow) {
    await page.setViewportSize({ width, height: 800 })
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth')
    if (wide > width) faults.push(`${name}: ${wide} wide in a window of ${width}`)
    counts.widths += 1
  }
  if (original) await page.setViewportSize(original)
  counts.pages.add(name)
  return faults
}

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  const { checks, pages: seen, violations, widths } = counts
  console.log(
    `axe WCAG 2.2 AA: ${seen.size} pages and states × light, dark = ${checks} runs, ${violations} violations; ${widths} narrow windows`,
  )
})

/** Paths of all pages. @param id of an event */
const pathsOf = (id: string) => pagePaths.map((path) => path.replace('/:id', `/${id}`))

async function faultsOfAll({ page }: Visit, state: string, paths: readonly string[]): Promise<string[]> {
  const faults: string[] = []
  for (const path of paths) {
    await page.goto(path)
    faults.push(...(await faultsOf(page, `${path} ${state}`)))
  }
  return faults
}

/** Submits a form with invalid fields, without the validation of the browser, and waits for the message. */
async function submitInvalid(page: Page, path: string, action: string, fields: Record<string, string>) {
  await page.goto(path)
  const form = page.locator('form').filter({ has: page.locator(`input[name=action][value=${action}]`) })
  await form.evaluate((element) => Object.assign(element, { noValidate: true }))
  for (const [name, text] of Object.entries(fields)) await form.locator(`[name=${name}]`).fill(text)
  await form.locator('button[type=submit]').first().click()
  await page.getByRole('alert').first().waitFor()
}

/** Id of the newest event that matches a filter. */
async function eventOf(dashboard: Dashboard, filter: string): Promise<string> {
  const { text } = await dashboard.get(`/admin/events?q=${encodeURIComponent(filter)}`)
  return /data-event="(\d+)"/.exec(text)?.[1] ?? ''
}

describe('a dashboard with events', () => {
  let dashboard: Dashboard
  let visit: Visit
  let shop: Awaited<ReturnType<typeof startMisconfiguredShop>>
  beforeAll(async () => {
    shop = await startMisconfiguredShop()
    dashboard = await startDashboard({ TAGFERRY_SITE_CHECK: 'local', ...serverKeySettings })
    await connectDomain(dashboard)
    await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'second.example' })
    await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'shop.localhost' })
    for (const site of ['shop.localhost', 'second.example'])
      await dashboard.submitAndFollow(`/admin/install?site=${site}`, 'check', { url: shop.url })
    await dashboard.submit('/admin/configuration/keys?site=shop.example', 'create', { name: 'Order webhook' })
    await dashboard.submitAndFollow('/admin/install?site=shop.example', 'verify')
    const names = ['ViewContent', 'AddToCart', 'InitiateCheckout', 'Purchase']
    for (let at = 0; at < 40; at++)
      await postEvents(dashboard, {
        event: names[at % 4],
        event_id: `event-with-a-rather-long-id.${at}`,
        user: { email: 'jane@example.com', ttclid: 'E.C.P.abc' },
        page: { url: `https://shop.example/a/rather/long/path/of/a/page/${'x'.repeat(120)}` },
        properties: {
          value: 49.9 + at,
          currency: 'USD',
          contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }],
        },
      })
    await postEvents(dashboard, {
      event: 'Lead',
      event_id: 'without-consent',
      privacy: { consent: 'denied' },
    })
    await postServerEvent(dashboard, { event: 'Purchase', event_id: 'event-with-a-rather-long-id.39' })
    await dashboard.tiktok.event('event-with-a-rather-long-id.39')
    visit = await openWindow(browser, dashboard.origin, { bypassCSP: true })
    await logInAsOwner(visit)
  })
  afterAll(async () => {
    await visit?.context.close()
    await dashboard?.stop()
    await shop?.close()
  })

  it('has no fault on any page', async () => {
    const id = await eventOf(dashboard, 'event:Purchase')
    const paths = pathsOf(id).map((path) => `${path}?site=shop.example`)
    const tabs = ['npm', 'gtm', 'wordpress', 'shopify', 'server'].map((tab) => `/admin/install?tab=${tab}`)
    const checked = ['shop.localhost', 'second.example'].map((site) => `/admin/install?site=${site}`)
    const more = [...checked, '/admin?range=30d', '/admin/events?q=status:skipped', '/admin/nothing']
    expect(await faultsOfAll(visit, 'full', [...paths, ...tabs, ...more])).toEqual([])
  })

  it('has no fault after a refused form', async () => {
    const { page } = visit
    const forms: [path: string, action: string, fields: Record<string, string>][] = [
      ['/admin/domains', 'add', { domain: 'not a domain' }],
      ['/admin/connections?site=second.example', 'save', { accessToken: '', pixelCode: 'X' }],
      ['/admin/configuration?site=second.example', 'save', {}],
      ['/admin/configuration/events', 'save', { aliases: 'not a domain', country: 'nowhere' }],
      ['/admin/configuration/privacy', 'save', {}],
      ['/admin/configuration/keys', 'create', { name: '' }],
      ['/admin/test-events', 'send', { json: '{' }],
      ['/admin/install?site=shop.localhost', 'check', { url: 'no address' }],
    ]
    const faults: string[] = []
    for (const [path, action, fields] of forms) {
      if (path.startsWith('/admin/configuration?')) {
        await page.goto(path)
        await page.getByLabel('Enable TikTok').check()
        await page.getByRole('button', { name: 'Save' }).click()
        await page.getByRole('alert').waitFor()
      } else if (path.endsWith('/privacy')) {
        await page.goto(path)
        await page.getByLabel('Flagged by place').selectOption('list')
        await page.getByRole('button', { name: 'Save' }).click()
        await page.getByRole('alert').waitFor()
      } else await submitInvalid(page, path, action, fields)
      faults.push(...(await faultsOf(page, `${path} refused`)))
    }
    faults.push(
      ...(await faultsOfAll(visit, 'refused', ['/admin/events?q=odd:1', '/admin/events?q=no-such-event'])),
    )
    expect(faults).toEqual([])
  })
})

describe('a dashboard with failed events and a refused token', () => {
  it('has no fault on any page', async () => {
    const refused =
      '{"code":40105,"message":"Access token is incorrect or has been revoked.","request_id":"r-1"}'
    const failed = '{"code":40002,"message":"event_time: too old","request_id":"r-2"}'
    const dashboard = await startDashboard({}, ({ body }, response) => {
      const text = JSON.stringify(body)
      response.end(text.includes('revoked') ? refused : text.includes('invalid') ? failed : okBody)
    })
    await connectDomain(dashboard)
    await postEvents(dashboard, { event: 'Purchase', event_id: 'invalid-1' })
    await dashboard.tiktok.event('invalid-1')
    await postEvents(dashboard, { event: 'Purchase', event_id: 'revoked-1' })
    await dashboard.tiktok.event('revoked-1')
    const visit = await openWindow(browser, dashboard.origin, { bypassCSP: true })
    await logInAsOwner(visit)
    const id = await eventOf(dashboard, 'id:invalid-1')
    const faults = await faultsOfAll(visit, 'failed', [...pathsOf(id), '/admin/events?q=status:failed'])
    await visit.context.close()
    await dashboard.stop()
    expect(faults).toEqual([])
  })
})

describe('a new dashboard', () => {
  let collector: Collector
  let visit: Visit
  beforeAll(async () => {
    collector = await startCollector()
    visit = await openWindow(browser, collector.origin, { bypassCSP: true })
  })
  afterAll(async () => {
    await visit?.context.close()
    await collector?.stop()
  })

  it('has no fault before the first login', async () => {
    const { page } = visit
    const link = await setupLink(collector)
    const faults = await faultsOfAll(visit, 'new', ['/admin/login', '/admin/setup', link])
    await page.goto(link)
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByLabel('Confirm password').fill('not the same')
    await page.getByRole('button').click()
    await page.getByRole('alert').waitFor()
    faults.push(...(await faultsOf(page, '/admin/setup refused')))
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Confirm password').fill(password)
    await page.getByRole('button').click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(faults).toEqual([])
  })

  it('has no fault while it is empty', async () => {
    const { page } = visit
    const faults = await faultsOfAll(visit, 'without a domain', pathsOf('1'))
    await page.goto('/admin/domains')
    await page.getByLabel('Domain').fill('shop.example')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('was added').waitFor()
    faults.push(...(await faultsOfAll(visit, 'empty', pathsOf('1'))))
    await submitInvalid(page, '/admin/account', 'change', { old: 'wrong', next: 'short', again: 'short' })
    faults.push(...(await faultsOf(page, '/admin/account refused')))
    expect(faults).toEqual([])
  })

  it('has no fault after a refused login', async () => {
    await visit.context.clearCookies()
    const { page } = visit
    await page.goto('/admin/login')
    await page.getByLabel('Password').fill('not this one')
    await page.getByRole('button').click()
    await page.getByRole('alert').waitFor()
    expect(await faultsOf(page, '/admin/login refused')).toEqual([])
    expect((await call(collector.origin, { path: '/admin' })).headers.location).toBe('/admin/login')
  })
})
