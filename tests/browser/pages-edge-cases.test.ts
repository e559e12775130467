/** Edge cases, each on its example page: a failing collector, crawlers, plain http, and hostile input. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { PLAIN_DOMAIN } from '../../examples/shop/keys.js'
import { launchChromium } from '../support/chromium.js'
import { type Examples, startExamples, watch } from '../support/examples.js'
import { flush } from '../support/flush.js'
import { waitLimitMs } from '../support/wait.js'

let system: Examples
beforeAll(async () => {
  system = await startExamples()
})
afterAll(() => system?.stop())

it.each([500, 429])(
  'an event that the collector answers with %i twice is sent a third time and reaches TikTok once',
  async (status) => {
    const visit = await system.visit()
    const where = `/storm?answer=${status}`
    await visit.open(where)
    await system.arrived('Pageview', where)
    await visit.tap(`answer-${status}`)
    await visit.page.getByTestId('log').getByText(`get ${status}`).waitFor()
    await visit.tap('call')
    await system.arrived('Contact', where)
    await visit.page.getByTestId('log').getByText('Contact has arrived').waitFor()
    expect(visit.answers.map((answer) => answer.status).slice(-3)).toEqual([status, status, 202])
    await flush(system, visit)
    expect(system.seen('Contact', where)).toHaveLength(1)
    await visit.close()
  },
)

it('an event tracked offline arrives once the network is back', async () => {
  const visit = await system.visit()
  const where = '/storm?network=off'
  await visit.open(where)
  await system.arrived('Pageview', where)
  await visit.page.context().setOffline(true)
  await visit.tap('call')
  await visit.page.getByTestId('log').getByText('Contact is kept').waitFor()
  expect(system.seen('Contact', where)).toEqual([])
  await visit.page.context().setOffline(false)
  await system.arrived('Contact', where)
  await flush(system, visit)
  expect(system.seen('Contact', where)).toHaveLength(1)
  await visit.close()
})

it('without sendBeacon the event stays in the outbox, and the next page sends it', async () => {
  const visit = await system.visit()
  const where = '/storm?beacon=off'
  await visit.open(where)
  await system.arrived('Pageview', where)
  await visit.tap('answer-500')
  await visit.page.getByTestId('log').getByText('get 500').waitFor()
  await visit.tap('call')
  await visit.tap('leave')
  await visit.page.getByTestId('products').waitFor()
  await system.arrived('Contact', where)
  await flush(system, visit)
  expect(system.seen('Contact', where)).toHaveLength(1)
  expect(visit.noise.filter((line) => !line.includes('500'))).toEqual([])
  await visit.close()
})

it('a crawler is skipped and the page shows it; the browser of a test is a visitor', async () => {
  const before = await system.metric('events_skipped_total', 'reason="bot"')
  const crawler = await system.visit({
    userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  })
  await crawler.open('/robots')
  await crawler.page.getByTestId('verdict').getByText('bot', { exact: true }).waitFor()
  expect(await system.metric('events_skipped_total', 'reason="bot"')).toBe(before + 1)
  expect(system.seen('Pageview', '/robots')).toEqual([])
  const driven = await system.visit()
  await driven.open('/robots')
  expect(await driven.page.evaluate('navigator.webdriver')).toBe(true)
  await driven.page.getByTestId('verdict').getByText('a visitor').waitFor()
  await system.arrived('Pageview', '/robots')
  await crawler.close()
  await driven.close()
})

it('the collector hashes the data of a page on plain http', async () => {
  const browser = await launchChromium({ args: [`--host-resolver-rules=MAP *.${PLAIN_DOMAIN} 127.0.0.1`] })
  try {
    const { page, noise } = watch(await browser.newPage())
    const address = system.home.replace('example.localhost', PLAIN_DOMAIN)
    await page.goto(`${address}plain?ttclid=E.C.P.plain`)
    await page.getByTestId('secure').getByText('plain http').waitFor()
    expect(await page.evaluate('typeof crypto.subtle')).toBe('undefined')
    await page.getByTestId('email').fill('Pier@Example.com')
    await page.getByTestId('send').click()
    const [event] = await system.arrived('Subscribe', '/plain')
    const email = createHash('sha256').update('pier@example.com').digest('hex')
    expect(event?.payload).toMatchObject({ user: { email, ttclid: 'E.C.P.plain' } })
    expect(noise).toEqual([])
  } finally {
    await browser.close()
  }
})

it('scripts in names are shown as text, in the inspector too', async () => {
  const visit = await system.visit()
  await visit.open('/attack')
  await visit.tap('attack-names')
  const [event] = await system.arrived('Contact', '/attack')
  expect(JSON.stringify(event?.payload)).toContain('onerror=alert(1)')
  const dialogs: string[] = []
  visit.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const inspector = await visit.page.getByTestId('inspector-link').getAttribute('href')
  await visit.page.goto(`${inspector}?q=event:Contact`)
  await visit.page.getByTestId('row').first().click()
  await visit.page.getByRole('tab', { name: 'Payload' }).click()
  await visit.page.getByTestId('panel').getByText('onerror=alert(1)').first().waitFor()
  expect([dialogs, visit.noise]).toEqual([[], []])
  await visit.close()
})

it.each([
  ['large', 413],
  ['nested', 400],
  ['deep', 202],
])('a %s body is answered %i', async (name, status) => {
  const visit = await system.visit()
  await visit.open('/attack')
  await visit.tap(`attack-${name}`)
  await visit.page.getByTestId('answer').getByText(String(status)).waitFor()
  await visit.close()
})

it('the collector itself rejects a body of one megabyte', async () => {
  const body = JSON.stringify({ site: 'example.localhost', events: [{ event: 'x'.repeat(1 << 20) }] })
  const headers = { 'Content-Type': 'text/plain', Origin: new URL(system.home).origin }
  const answer = await fetch(`${system.collector.origin}/e`, { method: 'POST', headers, body })
  expect(answer.status).toBe(413)
})

it('events from a foreign page with the snippet of the shop are not delivered', async () => {
  const skipped = () => system.metric('events_skipped_total', 'reason="origin_not_allowed"')
  const before = await skipped()
  const visit = await system.visit()
  await visit.open('/attack')
  await visit.tap('foreign')
  await visit.tap('post')
  await visit.page.getByTestId('answer').getByText('TypeError').waitFor()
  await vi.waitFor(async () => expect(await skipped()).toBe(before + 1), waitLimitMs)
  await flush(system, visit)
  expect(system.seen('Purchase', '/attack')).toEqual([])
  expect(visit.posted.filter(({ event }) => event === 'Purchase')).toHaveLength(1)
  await visit.close()
})
