// Tests the same visits in Chromium, Firefox and WebKit: events at the stand-in, and data stored in the browser.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chromiumEngine, type Engine, type Visit } from '../support/engine.js'
import { launchFirefox } from '../support/firefox.js'
import { type PageServer, servePages } from '../support/page-server.js'
import { type ShopSystem, startShopSystem } from '../support/shop-system.js'
import { sleep } from '../support/wait.js'
import { launchWebKit } from '../support/webkit.js'

let system: ShopSystem
let pages: PageServer

beforeAll(async () => {
  system = await startShopSystem()
  // An address outside the United States, so that only signals of the browser limit the use of data.
  pages = await servePages(system.collector.origin, '141.20.1.1')
})
afterAll(async () => {
  await pages?.stop()
  await system?.stop()
})

const tag = (attributes = '') =>
  `<script src="/t/t.js" data-site="example.localhost" data-pageview="off" ${attributes}></script>`
const page = (head: string) => `<!doctype html><title>Test</title>${head}`

/** Preferences that enable Global Privacy Control, which only Firefox has. */
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

  const waitForElement = (testId: string) =>
    expect
      .poll(() => visit.run(`!!document.querySelector('[data-testid=${testId}]')`), { message: testId })
      .toBe(true)
  const click = async (testId: string) => {
    await waitForElement(testId)
    await visit.run(`document.querySelector('[data-testid=${testId}]').click()`)
  }
  const received = (event: string) => system.standIn.received.all().filter((kept) => kept.event === event)
  const storedKeys = () => visit.run('Object.keys(localStorage).sort().join()')
  const clickCookies = async () => (await visit.cookies()).filter(({ name }) => name === 'tagferry_ttclid')

  it('sends the click id on every host of the shop, and one purchase although its page is shown again', async () => {
    system.standIn.received.clear()
    const clickId = `E.C.P.${name}`
    await visit.open(`${system.home}?ttclid=${clickId}`)
    await click('product-night-ferry')
    await click('add-to-cart')
    await click('to-checkout')
    await waitForElement('email')
    await visit.run(`document.querySelector('[data-testid=email]').value = 'jane@example.com'`)
    await click('place-order')
    await waitForElement('thanks')
    await system.received('Purchase')
    await visit.reload()
    await waitForElement('thanks')
    await visit.open(system.home)
    await visit.back()
    await waitForElement('thanks')
    // Events leave in order: a second purchase would arrive before this one.
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
    // Each host has its own storage. On this host the click id came with the cookie.
    expect(await storedKeys()).not.toContain('tagferry_ttclid')
    await visit.open(system.home)
    expect(await storedKeys()).toContain('tagferry_ttclid,tagferry_ttclid_first')
  })

  it('sends an event that is tracked while the page unloads', async () => {
    const event = `Left ${name}`
    const listener = `<script>addEventListener('pagehide', () => tagferry.track('${event}'))</script>`
    pages.serve('/leave', { html: page(listener + tag()) })
    pages.serve('/away', { html: page('') })
    await visit.open(`${pages.origin}/leave?ttclid=E.C.P.left`)
    await visit.open(`${pages.origin}/away`)
    const [kept] = await system.received(event)
    expect(kept?.payload).toMatchObject({ user: { ttclid: 'E.C.P.left' } })
    await sleep(300)
    expect(received(event)).toHaveLength(1)
  })

  it.each(['pagehide', 'visibilitychange'])(
    'sends an event that a listener for %s tracks, if the listener was added after the script',
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

  it('holds events until consent is granted, and deletes stored data when it is revoked', async () => {
    const event = `Consent ${name}`
    pages.serve('/consent', { html: page(tag('data-consent="required"')) })
    await visit.open(`${pages.origin}/consent?ttclid=E.C.P.consent`)
    await visit.run(`tagferry.track('${event}')`)
    await sleep(1_000)
    expect([received(event), await clickCookies(), await storedKeys()]).toEqual([[], [], ''])
    await visit.run(`tagferry.consent('grant')`)
    const [kept] = await system.received(event)
    expect(kept?.payload).toMatchObject({ user: { ttclid: 'E.C.P.consent' } })
    expect(await clickCookies()).toHaveLength(1)
    await visit.run(`tagferry.consent('revoke')`)
    await visit.run(`tagferry.track('${event}')`)
    await expect.poll(async () => [await clickCookies(), await storedKeys()]).toEqual([[], ''])
    await visit.open(`${pages.origin}/away`)
    await sleep(500)
    expect(received(event)).toHaveLength(1)
  })

  it(`${optedOut ? 'limits' : 'does not limit'} the use of data, according to Global Privacy Control`, async () => {
    const event = `Signal ${name}`
    pages.serve('/signal', { html: page(tag()) })
    await visit.open(`${pages.origin}/signal`)
    await visit.run(`tagferry.track('${event}')`)
    const [kept] = await system.received(event)
    expect(kept?.payload).toMatchObject({ limited_data_use: optedOut })
  })

  it('runs under a strict Content-Security-Policy without a violation', async () => {
    const event = `Strict ${name}`
    pages.serve('/strict', {
      html: `<!doctype html><title>Strict</title>
        <script nonce="n1">violations = []
          addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective))</script>
        <script nonce="n1" src="/t/t.js" data-site="example.localhost"></script>`,
      headers: {
        'Content-Security-Policy':
          // Images only for the icon, which the browser requests on its own.
          "default-src 'none'; img-src 'self'; script-src 'nonce-n1' 'strict-dynamic'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
      },
    })
    await visit.open(`${pages.origin}/strict?ttclid=E.C.P.strict`)
    await visit.run(`tagferry.track('${event}')`)
    await system.received(event)
    expect(await visit.run('violations.join()')).toBe('')
    // Control: the policy is in force, and violations are reported.
    await visit.run(`(() => { try { document.body.innerHTML = '<b>' } catch {} })()`)
    await visit.run(`fetch('http://checkout.example.localhost:9/').catch(() => 0) && 0`)
    const knowsTrustedTypes = await visit.run('!!window.trustedTypes')
    const broken = [...(knowsTrustedTypes ? ['require-trusted-types-for'] : []), 'connect-src']
    await expect.poll(() => visit.run('violations.join()')).toBe(broken.join())
  })
})
