// Tests the dashboard in a real browser: with the keyboard only, without console errors, and without JavaScript.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { type Dashboard, password, pixelCode, startDashboard } from '../support/dashboard.js'
import { logInAsOwner, openWindow, postEvents, type Visit } from '../support/dashboard-visit.js'
import { pagePaths } from '../support/page-paths.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

async function visitOf(
  ...[dashboard, options]: [{ origin: string }, Parameters<typeof openWindow>[2]?]
): Promise<Visit> {
  const visit = await openWindow(browser, dashboard.origin, options)
  onTestFinished(() => visit.context.close())
  return visit
}

/** Presses Tab until the field or button of this name has the focus. */
async function tabTo(page: Page, name: string) {
  const focused = `(() => { const e = document.activeElement; return ((e?.labels?.[0] ?? e)?.textContent ?? '').trim() })()`
  for (let steps = 0; steps < 60; steps++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate(focused)) === name) return
  }
  throw new Error(`60 presses of Tab did not focus ${name}`)
}

describe('a new owner without a mouse', () => {
  let dashboard: Dashboard
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard?.stop())

  it('connects TikTok and sees an event arrive', async () => {
    const { page, noise } = await visitOf(dashboard)
    const press = async (name: string) => {
      await tabTo(page, name)
      await page.keyboard.press('Enter')
    }
    const type = async (name: string, text: string) => {
      await tabTo(page, name)
      await page.keyboard.type(text)
    }
    const says = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()

    await page.goto('/admin/login')
    await page.locator('input:focus').waitFor()
    await page.keyboard.type(password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/admin')
    await press('Domains')
    await page.waitForURL('**/admin/domains*')
    await type('Domain', 'shop.example')
    await page.keyboard.press('Enter')
    await says('shop.example was added')
    await type('Access Token', 'token-1')
    await type('Pixel Code', pixelCode)
    await press('Save')
    await says('was accepted by TikTok')
    await press('Configuration')
    await page.waitForURL('**/admin/configuration*')
    await tabTo(page, 'Enable TikTok')
    await page.keyboard.press('Space')
    await press('Save')
    await says('TikTok is enabled')
    await press('Events')
    await page.getByText('No events yet').waitFor()
    await says('Live')
    await page.evaluate('window.sameDocument = true')

    await postEvents(dashboard, {
      event: 'Purchase',
      event_id: 'order-1',
      properties: { value: 49.9, currency: 'USD' },
    })
    const row = page.getByRole('row').filter({ hasText: 'order-1' })
    await row.getByText('Delivered').waitFor()
    expect(await row.textContent()).toContain('$49.90')
    expect(await page.getByText('No events yet').count()).toBe(0)
    expect(await page.evaluate('window.sameDocument')).toBe(true)

    await press('Purchase')
    await page.getByRole('heading', { name: 'Sent to TikTok' }).waitFor()
    expect(await page.getByTestId('summary').textContent()).toContain('order-1')
    expect(noise).toEqual([])
  })

  it('sees times in local time or in UTC, and the choice is kept', async () => {
    const visit = await visitOf(dashboard, { timezoneId: 'America/New_York', locale: 'en-US' })
    const { page } = visit
    await logInAsOwner(visit)
    await page.goto('/admin/connections')
    const time = page.locator('main time').first()
    const at = new Date((await time.getAttribute('datetime')) ?? '')
    const hours = (timeZone: string) =>
      new Intl.DateTimeFormat('en-US', { timeZone, timeStyle: 'medium' }).format(at)
    expect(await time.textContent()).toContain(hours('America/New_York'))
    await page.getByRole('button', { name: 'Show times in UTC' }).click()
    expect(await time.textContent()).toContain(`${hours('UTC')} UTC`)
    await page.reload()
    expect(await time.textContent()).toContain('UTC')
    expect(await time.getAttribute('title')).toContain(hours('America/New_York'))
  })

  it('opens every page without an error in the console', async () => {
    const visit = await visitOf(dashboard)
    await logInAsOwner(visit)
    const paths = pagePaths.map((path) => path.replace('/:id', '/1'))
    for (const path of [
      ...paths,
      '/admin/login',
      '/admin/setup',
      '/admin/nothing',
      '/admin/events?q=odd:1',
    ]) {
      await visit.page.goto(path)
      await visit.page.locator('h1').waitFor()
    }
    expect(visit.noise).toEqual([])
  })
})

describe('a browser without JavaScript', () => {
  it('sets up a domain, shows its events and filters them', async () => {
    const dashboard = await startDashboard()
    onTestFinished(() => dashboard.stop())
    const visit = await visitOf(dashboard, { javaScriptEnabled: false })
    const { page, noise } = visit
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await logInAsOwner(visit)
    await page.getByRole('link', { name: 'Domains' }).click()
    await page.getByLabel('Domain').fill('shop.example')
    await press('Add')
    await page.getByLabel('Access Token').fill('token-1')
    await page.getByLabel('Pixel Code').fill(pixelCode)
    await press('Save')
    await page.getByText('was accepted by TikTok').waitFor()
    await page.getByRole('link', { name: 'Configuration' }).click()
    await page.getByLabel('Enable TikTok').check()
    await press('Save')
    await page.getByText('TikTok is enabled').waitFor()
    await postEvents(dashboard, { event: 'Lead', event_id: 'lead-1' })
    await postEvents(dashboard, { event: 'Purchase', event_id: 'order-1' })
    await page.getByRole('link', { name: 'Events', exact: true }).first().click()
    await page.getByRole('row').filter({ hasText: 'lead-1' }).waitFor()
    await page.getByLabel('Filter').fill('event:Purchase')
    await press('Show')
    expect(await page.locator('tbody tr').count()).toBe(1)
    await press('Log out')
    await page.getByLabel('Password').waitFor()
    expect(noise).toEqual([])
  })
})
