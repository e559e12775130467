/** The live list of events in a real browser: rows and states by themselves, a pause, and a line that breaks. */
import { createServer, type Socket, connect as toServer } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import { connectDomain, type Dashboard, startDashboard } from '../support/dashboard.js'
import { logInAsOwner, openWindow, postEvents, type Visit } from '../support/dashboard-visit.js'
import { okBody } from '../support/tiktok.js'
import { sleep, waitFor } from '../support/wait.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

describe('the list of events', () => {
  let dashboard: Dashboard
  let visit: Visit
  let page: Page
  /** What TikTok has not answered yet, while it is asked to wait. */
  const waiting: (() => void)[] = []
  let slow = false
  /** Between the browser and the dashboard: it can be cut. */
  const line = { cut: false, sockets: new Set<Socket>(), origin: '' }
  const proxy = createServer((near) => {
    if (line.cut) return void near.destroy()
    const { hostname, port } = new URL(dashboard.origin)
    const far = toServer(Number(port), hostname)
    for (const socket of [near, far]) {
      line.sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        near.destroy()
        far.destroy()
        line.sockets.delete(socket)
      })
    }
    near.pipe(far).pipe(near)
  })

  const status = () => page.locator('[data-live=status]')
  const says = (text: string) => status().filter({ hasText: text }).waitFor()
  const row = (id: string) => page.getByRole('row').filter({ hasText: id })
  const ids = async () => (await page.locator('tbody code.id').allTextContents()).map((text) => text.trim())
  const purchase = (id: string) => postEvents(dashboard, { event: 'Purchase', event_id: id })

  beforeAll(async () => {
    dashboard = await startDashboard({}, (_heard, response) => {
      if (slow) waiting.push(() => response.end(okBody))
      else response.end(okBody)
    })
    await connectDomain(dashboard)
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as { port: number }
    line.origin = `http://127.0.0.1:${port}`
    visit = await openWindow(browser, line.origin)
    page = visit.page
    await logInAsOwner(visit)
  })
  afterAll(async () => {
    for (const socket of line.sockets) socket.destroy()
    proxy.close()
    await visit?.context.close()
    await dashboard?.stop()
  })

  it('shows a new event and each change of its state', async () => {
    await page.goto('/admin/events')
    await says('Live')
    expect(await status().getAttribute('role')).toBe('status')
    slow = true
    await purchase('slow-1')
    await row('slow-1').getByText('Pending').waitFor()
    slow = false
    for (const answer of waiting.splice(0)) answer()
    await row('slow-1').getByText('Delivered').waitFor()
    expect(await row('slow-1').count()).toBe(1)
  })

  it('waits while paused, tells how many, and shows them then', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await says('Paused (0 new)')
    for (const id of ['held-1', 'held-2', 'held-3']) await purchase(id)
    await says('Paused (3 new)')
    expect(await ids()).toEqual(['slow-1'])
    await page.getByRole('button', { name: 'Resume' }).click()
    await says('Live')
    expect(await ids()).toEqual(['held-3', 'held-2', 'held-1', 'slow-1'])
  })

  it('misses nothing while the line is cut, neither events nor states', async () => {
    slow = true
    await purchase('open-1')
    await row('open-1').getByText('Pending').waitFor()
    line.cut = true
    for (const socket of line.sockets) socket.destroy()
    await says('Reconnecting…')
    slow = false
    for (const answer of waiting.splice(0)) answer()
    for (const id of ['missed-1', 'missed-2', 'missed-3']) await purchase(id)
    await waitFor('delivery', () => dashboard.tiktok.eventsOf('missed-3').length > 0, 30_000)
    line.cut = false
    await says('Live (3 events caught up)')
    await row('open-1').getByText('Delivered').waitFor()
    await row('missed-3').getByText('Delivered').waitFor()
    expect((await ids()).slice(0, 5)).toEqual(['missed-3', 'missed-2', 'missed-1', 'open-1', 'held-3'])
    visit.noise.length = 0
  })

  it('misses nothing between the page and the line', async () => {
    await page.route('**/events/live*', async (route) => {
      await purchase('between-1')
      await route.continue()
    })
    await page.goto('/admin/events')
    await row('between-1').getByText('Delivered').waitFor()
    await page.unroute('**/events/live*')
  })

  it('shows no rows with a hole between them', async () => {
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

  it('shows a rush in few frames', async () => {
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
    for (const began = Date.now(); (await row('rush-').count()) < 200 && Date.now() - began < 30_000; )
      await sleep(100)
    expect(await row('rush-').count()).toBe(200)
    const most = Math.max(...frames.map((from) => frames.filter((at) => at >= from && at < from + 1).length))
    expect(frames.length).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(10)
    expect(visit.noise).toEqual([])
  })
})
