// Tests consent in a real browser: pending, granted, refused and withdrawn, from the page to the stand-in.
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ShopSystem, startShopSystem } from '../support/shop-system.js'
import { sleep } from '../support/wait.js'

let system: ShopSystem
let visit: BrowserContext
let page: Page
/** Names of the events in all requests to the collector. */
const posted: string[] = []
const noise: string[] = []

beforeAll(async () => {
  system = await startShopSystem()
})
afterAll(() => system?.stop())

/** Opens a page on the shop's host with a consent platform and the script. */
const open = async (platform: string, attributes = 'data-consent="required"') => {
  await page.route('**/consent?*', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Consent</title><script>${platform}</script>
        <script src="/t/t.js" data-site="example.localhost" data-pageview="off" ${attributes}></script>`,
    }),
  )
  await page.goto(`${system.home}consent?ttclid=E.C.P.${crypto.randomUUID()}`)
}

beforeEach(async () => {
  visit = await system.browser.newContext()
  page = await visit.newPage()
  page.on('console', (message) => noise.push(message.text()))
  page.on('pageerror', (error) => noise.push(String(error)))
  page.on('request', (request) => {
    if (!new URL(request.url()).pathname.endsWith('/t/e')) return
    const { events } = JSON.parse(request.postData() ?? '{"events":[]}') as { events: { event: string }[] }
    posted.push(...events.map(({ event }) => event))
  })
})
afterEach(async () => {
  await visit.close()
  system.standIn.answers.clear()
  expect(noise.splice(0)).toEqual([])
  posted.length = 0
})

const run = (script: string) => page.evaluate(script)
const stored = async () => [
  await visit.cookies(),
  await page.evaluate(() => Object.keys((globalThis as unknown as { localStorage: object }).localStorage)),
]
const delivered = (name: string) =>
  system.standIn.received.all().filter(({ event, verdict }) => event === name && verdict === 'accepted')

/** A platform that calls each listener with its state and every change. `decide` is the button of its banner. */
const tcf = `
  const listeners = []
  let state
  window.__tcfapi = (command, version, listener) => {
    listeners.push(listener)
    if (state) listener(state, true)
  }
  window.decide = (...ids) => {
    const consents = Object.fromEntries(ids.map((id) => [id, true]))
    state = { eventStatus: 'useractioncomplete', gdprApplies: true, purpose: { consents } }
    for (const listener of listeners) listener(state, true)
  }`

describe.each([
  ['by call', '', "tagferry.consent('grant')", "tagferry.consent('revoke')"],
  ['by TCF', tcf, 'decide(1, 3, 4, 7)', 'decide()'],
  [
    'by Google consent mode',
    `window.dataLayer = []; function gtag() { dataLayer.push(arguments) }
     gtag('consent', 'default', { ad_storage: 'denied', ad_user_data: 'denied' })`,
    "gtag('consent', 'update', { ad_storage: 'granted', ad_user_data: 'granted' })",
    "gtag('consent', 'update', { ad_storage: 'denied', ad_user_data: 'denied' })",
  ],
])('consent %s', (way, platform, grant, refuse) => {
  it('granted later delivers the held event once, with its original time', async () => {
    const name = `Held ${way}`
    await open(platform)
    await run(`tagferry.track('${name}')`)
    const trackedBy = Math.ceil(Date.now() / 1_000)
    await sleep(2_500)
    expect([posted, await stored()]).toEqual([[], [[], []]])
    await run(grant)
    const [event] = await system.received(name)
    expect(event?.payload).toMatchObject({ user: { ttclid: expect.stringMatching(/^E\.C\.P\./) } })
    const { event_time } = Object(event?.payload) as { event_time: number }
    expect(event_time).toBeLessThanOrEqual(trackedBy)
    await page.reload()
    await run(grant)
    await sleep(500)
    expect(delivered(name)).toHaveLength(1)
  })

  it('refused leaves no cookie and nothing in localStorage, and sends nothing', async () => {
    await open(platform)
    await run(`tagferry.track('Refused')`)
    await run(refuse)
    await sleep(500)
    await run(`tagferry.track('Refused')`)
    await sleep(500)
    expect(await stored()).toEqual([[], []])
    await page.goto('about:blank')
    await sleep(500)
    expect(posted).toEqual([])
  })

  it('withdrawn empties the browser, and pending events at the collector are never sent', async () => {
    const name = `Withdrawn ${way}`
    const metrics = async () => (await fetch(`${system.collector.origin}/metrics`)).text()
    const queueDepth = async () => Number(/queue_depth\{.*\} (\d+)/.exec(await metrics())?.[1] ?? 0)
    await expect.poll(queueDepth).toBe(0)
    system.standIn.answers.set({ pixel: '*', answers: [{ kind: 'http', status: 503 }] })
    await open(platform)
    await run(grant)
    await run(`tagferry.track('${name}')`)
    await expect.poll(queueDepth).toBe(1)
    expect(await stored()).not.toEqual([[], []])

    await run(refuse)
    await expect.poll(() => posted).toEqual([name, 'ConsentWithdrawn'])
    await expect.poll(stored).toEqual([[], []])
    system.standIn.answers.clear()
    await expect.poll(queueDepth).toBe(0)
    expect(delivered(name)).toEqual([])
    expect(delivered('ConsentWithdrawn')).toEqual([])
    expect(await metrics()).toMatch(/tagferry_events_skipped_total\{reason="consent"\} [1-9]/)
  })
})

it('a platform in a parent window of another origin is queried by messages', async () => {
  const parent = system.home.replace('www.', 'checkout.')
  await page.route('**/around', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><script>${tcf}
        addEventListener('message', ({ source, data }) => {
          const { command, version, callId } = data.__tcfapiCall ?? {}
          if (callId) __tcfapi(command, version, (returnValue, success) =>
            source.postMessage({ __tcfapiReturn: { returnValue, success, callId } }, '*'))
        })</script>
        <iframe name="__tcfapiLocator"></iframe><iframe src="${system.home}consent?ttclid=E.C.P.framed"></iframe>`,
    }),
  )
  await open('')
  await page.goto(`${parent}around`)
  const frame = page.frames().find((candidate) => candidate.url().includes('framed'))
  await frame?.evaluate("tagferry.track('Framed')")
  await sleep(500)
  expect(posted).toEqual([])
  await run('decide(1, 3, 4, 7)')
  expect(await system.received('Framed')).toHaveLength(1)
})
