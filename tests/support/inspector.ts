// Opens the inspector of the stand-in in a browser and sends events to it.
import type { Page } from 'playwright-core'
import { createStandIn, type StandIn } from '../../examples/stand-in/stand-in.js'
import { launchChromium } from './chromium.js'

export const token = 'token-1'
export const pixel = 'CHRTV0567FRME7OQ5DI0'

export interface Inspector {
  standIn: StandIn
  origin: string
  page: Page
  /** Console messages and uncaught errors of the page, including policy violations. */
  noise: string[]
  /**
   * Sends one purchase; gives the body of the answer.
   * @param change replaces keys of the event
   * @param more replaces keys of the request
   */
  send(change?: object, more?: object): Promise<string>
  /** Sends one event of each kind, in this order: of the pixel, merged, with warnings, test, rejected, failed on order. */
  sendAll(): Promise<void>
  /** Opens the page and waits for its live connection. */
  open(search?: string): Promise<void>
  /** Removes all events and orders. */
  reset(): void
  stop(): Promise<void>
}

const user = { ttclid: 'E.C.P.abc', ip: '203.0.113.7', user_agent: 'Mozilla/5.0', email: 'a'.repeat(64) }
const event = {
  event: 'Purchase',
  event_time: 1790000000,
  event_id: 'Purchase.1001',
  limited_data_use: true,
  user,
  page: { url: 'https://shop.example/thanks' },
  properties: { value: 48, currency: 'USD' },
}

export async function startInspector(): Promise<Inspector> {
  const dashboardUrl = ({ eventId }: { eventId: string | null }) =>
    `http://collector.example/events?q=${eventId}`
  const standIn = createStandIn({ tokens: { [token]: [pixel] }, dashboardUrl })
  const origin = await standIn.listen()
  const browser = await launchChromium()
  const visit = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await visit.newPage()
  const noise: string[] = []
  page.on('console', (message) => noise.push(message.text()))
  page.on('pageerror', (error) => noise.push(String(error)))
  page.on('dialog', (dialog) => dialog.accept())

  const post = async (path: string, body: object, headers: Record<string, string> = {}) =>
    (await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })).text()
  const send: Inspector['send'] = (change, more) => {
    const body = { event_source: 'web', event_source_id: pixel, ...more, data: [{ ...event, ...change }] }
    const headers = { 'Access-Token': token, 'Content-Type': 'application/json' }
    return post('/open_api/v1.3/event/track/', body, headers)
  }
  return {
    standIn,
    origin,
    page,
    noise,
    send,
    async sendAll() {
      await post('/pixel/track', {
        pixel,
        event: 'Purchase',
        event_time: 1790000000,
        event_id: 'Purchase.1001',
      })
      await send()
      await send({ event: 'Lead', event_id: 'l', user: { ...user, email: 'jane@example.com' } })
      await send({ event: 'Search', event_id: 't' }, { test_event_code: 'TEST1' })
      await send({ event: 'Download', event_id: 17 })
      standIn.answers.set({ pixel: '*', answers: [{ kind: 'code', code: 40100, next: 1 }] })
      await send({ event: 'Contact', event_id: 'c', limited_data_use: undefined })
    },
    async open(search = '') {
      await page.goto(`${origin}/inspector${search}`)
      await page.getByTestId('connection').getByText('live').waitFor()
    },
    reset() {
      for (const { id } of standIn.received.all()) standIn.received.pin(id, false)
      standIn.received.clear()
      standIn.ledger.clear()
      standIn.answers.clear()
      standIn.settings.set('*', { strict: false, clockOffsetMs: 0 })
    },
    async stop() {
      await browser.close()
      await standIn.close()
    },
  }
}
