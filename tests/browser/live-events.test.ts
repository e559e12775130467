// Tests the live list of events in a real browser: new rows and states, a pause, and a broken connection.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { connectDomain, type Dashboard, startDashboard } from '../support/dashboard.js'
import { logInAsOwner, openWindow, postEvents, type Visit } from '../support/dashboard-visit.js'
import { passThrough, type ScriptedProxy, startScriptedProxy } from '../support/scripted-proxy.js'
import { okBody } from '../support/tiktok.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

describe('the list of events', () => {
  let dashboard: Dashboard
  let visit: Visit
  let page: Page
  /** Answers of TikTok that are held back while `isSlow`. */
  const held: (() => void)[] = []
  let isSlow = false
  /** Between the browser and the dashboard. */
  let proxy: ScriptedProxy

  const status = () => page.locator('[data-live=status]')
  const says = (text: string) => status().filter({ hasText: text }).waitFor()
  const row = (id: string) => page.getByRole('row').filter({ hasText: id })
  const ids = async () => (await page.locator('tbody code.id').allTextContents()).map((text) => text.trim())
  const purchase = (id: string) => postEvents(dashboard, { event: 'Purchase', event_id: id })

  beforeAll(async () => {
    dashboard = await startDashboard({}, (_request, response) => {
      if (isSlow) held.push(() => response.end(okBody))
      else response.end(okBody)
    })
    await connectDomain(dashboard)
    proxy = await startScriptedProxy()
    proxy.target = dashboard.origin
    visit = await openWindow(browser, `http://127.0.0.1:${proxy.port}`)
    page = visit.page
    await logInAsOwner(visit)
  })
  afterAll(async () => {
    await visit?.context.close()
    await proxy?.close()
    await dashboard?.stop()
  })

  it('shows a new event and each change of its state', async () => {
    await page.goto('/admin/events')
    await says('Live')
    expect(await status().getAttribute('role')).toBe('status')
    isSlow = true
    await purchase('slow-1')
    await row('slow-1').getByText('Pending').waitFor()
    isSlow = false
    for (const answer of held.splice(0)) answer()
    await row('slow-1').getByText('Delivered').waitFor()
    expect(await row('slow-1').count()).toBe(1)
  })

  it('counts new events while it is paused, and shows them afterwards', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await says('Paused (0 new)')
    for (const id of ['held-1', 'held-2', 'held-3']) await purchase(id)
    await says('Paused (3 new)')
    expect(await ids()).toEqual(['slow-1'])
    await page.getByRole('button', { name: 'Resume' }).click()
    await says('Live')
    expect(await ids()).toEqual(['held-3', 'held-2', 'held-1', 'slow-1'])
  })

  it('shows all events and states that it missed while the connection was broken', async () => {
    isSlow = true
    await purchase('open-1')
    await row('open-1').getByText('Pending').waitFor()
    proxy.handler = (socket) => void socket.destroy()
    proxy.cut()
    await says('Reconnecting…')
    isSlow = false
    for (const answer of held.splice(0)) answer()
    for (const id of ['missed-1', 'missed-2', 'missed-3']) await purchase(id)
    await dashboard.tiktok.event('missed-3')
    proxy.handler = passThrough
    await says('Live (3 events caught up)')
    await row('open-1').getByText('Delivered').waitFor()
    await row('missed-3').getByText('Delivered').waitFor()
    expect((await ids()).slice(0, 5)).toEqual(['missed-3', 'missed-2', 'missed-1', 'open-1', 'held-3'])
    visit.noise.length = 0
  })

  it('shows an event that arrives between the page and its live connection', async () => {
    await page.route('**/events/live*', async (route) => {
      await purchase('between-1')
      await route.continue()
    })
    await page.goto('/admin/events')
    await row('between-1').getByText('Delivered').waitFor()
    await page.unroute('**/events/live*')
  })

  it('removes older rows if events between them and the new ones are missing', async () => {
    const event = {
      ...{ id: 1_000_000, site: 'shop.example', event: 'Purchase', eventId: 'behind-1', source: 'browser' },
      ...{ eventTime: 1_795_400_000, receivedAt: 1_795_400_000_000, deliveries: [], keys: [] },
    }
    const frame = JSON.stringify({ events: [event], now: event.receivedAt, gap: true })
    await page.route('**/events/live*', (route) =>
      route.fulfill({ contentType: 'text/event-stream', body: `event: events\ndata: ${frame}\n\n` }),
    )
    await page.goto('/admin/events')
    await row('behind-1').waitFor()
    expect(await ids()).toEqual(['behind-1'])
    await page.unroute('**/events/live*')
    await says('Showing the newest · Live')
    visit.noise.length = 0
  })

  it('shows many events in few frames', async () => {
    await page.goto('/admin/events')
    await says('Live')
    const frames: number[] = []
    const session = await visit.context.newCDPSession(page)
    await session.send('Network.enable')
    session.on('Network.eventSourceMessageReceived', ({ timestamp }) => frames.push(timestamp))
    for (let at = 0; at < 40; at++)
      await postEvents(
        dashboard,
        ...Array.from({ length: 5 }, (_, of) => ({ event: 'Purchase', event_id: `rush-${at * 5 + of}` })),
      )
    await expect.poll(() => row('rush-').count()).toBe(200)
    expect(frames.length).toBeGreaterThan(0)
    // Seconds. A slow machine may bunch the frames, but not send more of them.
    const duration = Math.max(...frames) - Math.min(...frames)
    expect(frames.length).toBeLessThanOrEqual(10 * Math.max(1, duration))
    expect(visit.noise).toEqual([])
  })
})
