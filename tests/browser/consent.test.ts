/** Consent in a real browser: what is held, refused and taken back, from the page to TikTok's stand-in. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ShopSystem, startShopSystem } from '../support/shop-system.js'

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

/** A page of the shop's own host, the script on it, and its consent platform before it. */
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
const pass = (ms: number) => new Promise((done) => setTimeout(done, ms))
const kept = async () => [
  await visit.cookies(),
  await page.evaluate(() => Object.keys((globalThis as unknown as { localStorage: object }).localStorage)),
]
const delivered = (name: string) =>
  system.standIn.received.all().filter(({ event, verdict }) => event === name && verdict === 'accepted')

/** A platform tells each listener the state it has, and every change of it; `decide` is the banner's button. */
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
    for (const tell of listeners) tell(state, true)
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
  it('lets go what was held: it arrives once, with its original time', async () => {
    const name = `Held ${way}`
    await open(platform)
    const at = Math.floor(Date.now() / 1_000)
    await run(`tagferry.track('${name}')`)
    await pass(2_500)
    expect([posted, await kept()]).toEqual([[], [[], []]])
    await run(grant)
    const [event] = await system.received(name)
    expect(event?.payload).toMatchObject({ user: { ttclid: expect.stringMatching(/^E\.C\.P\./) } })
    const { event_time } = Object(event?.payload) as { event_time: number }
    expect(event_time - at).toBeLessThanOrEqual(1)
    await page.reload()
    await run(grant)
    await pass(500)
    expect(delivered(name)).toHaveLength(1)
  })

  it('refused leaves no cookie, nothing in localStorage, and sends nothing', async () => {
    await open(platform)
    await run(`tagferry.track('Refused')`)
    await run(refuse)
    await pass(500)
    await run(`tagferry.track('Refused')`)
    await pass(500)
    expect(await kept()).toEqual([[], []])
    await page.goto('about:blank')
    await pass(500)
    expect(posted).toEqual([])
  })

  it('taken back empties the browser, and what waits at the collector is never sent', async () => {
    const name = `Withdrawn ${way}`
    const metrics = async () => (await fetch(`${system.collector.origin}/metrics`)).text()
    const waits = (count: number) => async () =>
      expect(Number(/queue_depth\{.*\} (\d+)/.exec(await metrics())?.[1] ?? 0)).toBe(count)
    await vi.waitFor(waits(0), 5_000)
    system.standIn.answers.set({ pixel: '*', answers: [{ kind: 'http', status: 503 }] })
    await open(platform)
    await run(grant)
    await run(`tagferry.track('${name}')`)
    await vi.waitFor(waits(1), 5_000)
    expect(await kept()).not.toEqual([[], []])

    await run(refuse)
    await vi.waitFor(() => expect(posted).toEqual([name, 'ConsentWithdrawn']), 5_000)
    await pass(500)
    expect(await kept()).toEqual([[], []])
    system.standIn.answers.clear()
    await vi.waitFor(waits(0), 20_000)
    expect(delivered(name)).toEqual([])
    expect(delivered('ConsentWithdrawn')).toEqual([])
    expect(await metrics()).toMatch(/tagferry_events_skipped_total\{reason="consent"\} [1-9]/)
  })
})

it('a platform in the parent window, on another origin, is asked by messages', async () => {
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
  const frame = page.frames().find((one) => one.url().includes('framed'))
  await frame?.evaluate("tagferry.track('Framed')")
  await pass(500)
  expect(posted).toEqual([])
  await run('decide(1, 3, 4, 7)')
  expect(await system.received('Framed')).toHaveLength(1)
})
