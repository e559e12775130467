/** The same visits in Chromium, Firefox and WebKit: what reaches TikTok's stand-in, and what stays in the browser. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { chromiumEngine, type Engine, type Visit } from '../support/engine.js'
import { launchFirefox } from '../support/firefox.js'
import { type PageServer, servePages } from '../support/page-server.js'
import { type ShopSystem, startShopSystem } from '../support/shop-system.js'
import { launchWebKit } from '../support/webkit.js'

let system: ShopSystem
let pages: PageServer

beforeAll(async () => {
  system = await startShopSystem()
  // Outside the United States, so that only what the visitor's browser says limits the use of data.
  pages = await servePages(system.collector.origin, '141.20.1.1')
})
afterAll(async () => {
  await pages?.stop()
  await system?.stop()
})

const tag = (attributes = '') =>
  `<script src="/t/t.js" data-site="example.localhost" data-pageview="off" ${attributes}></script>`
const page = (head: string) => `<!doctype html><title>Test</title>${head}`
const pass = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Firefox alone has Global Privacy Control as a setting of its own. */
const gpc = {
  'privacy.globalprivacycontrol.enabled': true,
  'privacy.globalprivacycontrol.functionality.enabled': true,
}

describe.each<[string, boolean, () => Promise<Engine>]>([
  ['Chromium', false, async () => chromiumEngine(system.browser)],
  ['Firefox', true, () => launchFirefox(gpc)],
  ['WebKit', false, launchWebKit],
])('%s', (name, optedOut, launch) => {
  let engine: Engine
  let visit: Visit
  beforeAll(async () => {
    engine = await launch()
  })
  afterAll(() => engine?.close())
  beforeEach(async () => {
    visit = await engine.visit()
  })
  afterEach(() => visit?.end())

  const meet = (testId: string) =>
    vi.waitFor(
      async () => expect(await visit.run(`!!document.querySelector('[data-testid=${testId}]')`)).toBe(true),
      { timeout: 15_000 },
    )
  const click = async (testId: string) => {
    await meet(testId)
    await visit.run(`document.querySelector('[data-testid=${testId}]').click()`)
  }
  const received = (event: string) => system.standIn.received.all().filter((kept) => kept.event === event)
  const keptHere = () => visit.run('Object.keys(localStorage).sort().join()')
  const clickCookies = async () => (await visit.cookies()).filter((one) => one.name === 'tagferry_ttclid')

  it('buys in the shop: known by its click on each host, and one purchase however often the page is seen', async () => {
    system.standIn.received.clear()
    const clickId = `E.C.P.${name}`
    await visit.open(`${system.home}?ttclid=${clickId}`)
    await click('product-night-ferry')
    await click('add-to-cart')
    await click('to-checkout')
    await meet('email')
    await visit.run(`document.querySelector('[data-testid=email]').value = 'jane@example.com'`)
    await click('place-order')
    await meet('thanks')
    await system.received('Purchase')
    await visit.reload()
    await meet('thanks')
    await visit.open(system.home)
    await visit.back()
    await meet('thanks')
    // What was sent after all that has overtaken no second purchase: events leave in their order.
    await visit.run(`tagferry.track('Last')`)
    await system.received('Last')

    expect(received('Purchase')).toHaveLength(1)
    for (const event of ['Pageview', 'ViewContent', 'AddToCart', 'InitiateCheckout', 'Purchase', 'Last'])
      expect((await system.received(event))[0], event).toMatchObject({
        verdict: 'accepted',
        findings: [],
        payload: { user: { ttclid: clickId } },
      })
    expect(await clickCookies()).toMatchObject([
      { domain: '.example.localhost', value: expect.stringMatching(RegExp(`^${clickId}~\\d{13}$`)) },
    ])
    // Each host has a storage of its own; here the cookie has brought the click id.
    expect(await keptHere()).not.toContain('tagferry_ttclid')
    await visit.open(system.home)
    expect(await keptHere()).toContain('tagferry_ttclid,tagferry_ttclid_first')
  })

  it('tells what happened last, though it happened while the page was left', async () => {
    const event = `Left ${name}`
    const listener = `<script>addEventListener('pagehide', () => tagferry.track('${event}'))</script>`
    pages.serve('/leave', { html: page(listener + tag()) })
    pages.serve('/away', { html: page('') })
    await visit.open(`${pages.origin}/leave?ttclid=E.C.P.left`)
    await visit.open(`${pages.origin}/away`)
    const [kept] = await system.received(event)
    expect(kept?.payload).toMatchObject({ user: { ttclid: 'E.C.P.left' } })
    await pass(300)
    expect(received(event)).toHaveLength(1)
  })

  it.each(['pagehide', 'visibilitychange'])(
    'tells what the page tracks in a listener for %s behind the script',
    async (type) => {
      const event = `${type} ${name}`
      const listener = `<script>tagferry.track('First ${event}')
      addEventListener('${type}', () => tagferry.track('${event}'), { once: true })</script>`
      pages.serve('/late', { html: page(tag() + listener) })
      pages.serve('/away', { html: page('') })
      await visit.open(`${pages.origin}/late`)
      await visit.open(`${pages.origin}/away`)
      await system.received(event)
    },
  )

  it('holds, lets go and forgets as consent says', async () => {
    const event = `Consent ${name}`
    pages.serve('/consent', { html: page(tag('data-consent="required"')) })
    await visit.open(`${pages.origin}/consent?ttclid=E.C.P.consent`)
    await visit.run(`tagferry.track('${event}')`)
    await pass(1_000)
    expect([received(event), await clickCookies(), await keptHere()]).toEqual([[], [], ''])
    await visit.run(`tagferry.consent('grant')`)
    const [kept] = await system.received(event)
    expect(kept?.payload).toMatchObject({ user: { ttclid: 'E.C.P.consent' } })
    expect(await clickCookies()).toHaveLength(1)
    await visit.run(`tagferry.consent('revoke')`)
    await visit.run(`tagferry.track('${event}')`)
    await vi.waitFor(async () => expect([await clickCookies(), await keptHere()]).toEqual([[], '']))
    await visit.open(`${pages.origin}/away`)
    await pass(500)
    expect(received(event)).toHaveLength(1)
  })

  it(`${optedOut ? 'limits' : 'does not limit'} the use of data, as its setting of Global Privacy Control says`, async () => {
    const event = `Signal ${name}`
    pages.serve('/signal', { html: page(tag()) })
    await visit.open(`${pages.origin}/signal`)
    await visit.run(`tagferry.track('${event}')`)
    const [kept] = await system.received(event)
    expect(kept?.payload).toMatchObject({ limited_data_use: optedOut })
  })

  it('runs under the strictest content security policy without one violation', async () => {
    const event = `Strict ${name}`
    pages.serve('/strict', {
      html: `<!doctype html><title>Strict</title>
        <script nonce="n1">violations = []
          addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective))</script>
        <script nonce="n1" src="/t/t.js" data-site="example.localhost"></script>`,
      headers: {
        'Content-Security-Policy':
          // Images for the icon alone, which the browser asks for by itself.
          "default-src 'none'; img-src 'self'; script-src 'nonce-n1' 'strict-dynamic'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
      },
    })
    await visit.open(`${pages.origin}/strict?ttclid=E.C.P.strict`)
    await visit.run(`tagferry.track('${event}')`)
    await system.received(event)
    expect(await visit.run('violations.join()')).toBe('')
    // The policy is in force: what breaks it is told.
    await visit.run(`(() => { try { document.body.innerHTML = '<b>' } catch {} })()`)
    await visit.run(`fetch('http://checkout.example.localhost:9/').catch(() => 0) && 0`)
    const knowsTrustedTypes = await visit.run('!!window.trustedTypes')
    const broken = [...(knowsTrustedTypes ? ['require-trusted-types-for'] : []), 'connect-src']
    await vi.waitFor(async () => expect(await visit.run('violations.join()')).toBe(broken.join()))
  })
})
