/** What the example pages lead to at the dashboard: the diagnosis that their own box announces, opened by their visit. */
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { diagnosisOf, isCode } from '../../collector/src/diagnose/registry.js'
import { PLAIN_DOMAIN } from '../../examples/shop/keys.js'
import { password } from '../dashboard/support.js'
import { launchChromium } from '../support/chromium.js'
import { type Examples, startExamples } from '../support/examples.js'
import { enter, type Visit as Owner, open } from './dashboard-session.js'

const headRoomMs = 20_000

let system: Examples
let owner: Owner
beforeAll(async () => {
  system = await startExamples({ TAGFERRY_ADMIN_PASSWORD: password, TAGFERRY_GEO_HEADERS: 'cloudflare' })
  // Without scripts the page does not load itself anew while it is looked at.
  owner = await open(system.browser, system.collector.origin, { javaScriptEnabled: false })
  await enter(owner)
})
afterAll(() => system?.stop())

/** What the owner is told to put behind an address: the check is asked for anew. */
const ask = async (): Promise<string> => {
  const { page } = owner
  await page.goto('/admin/install')
  const told = page.getByText('#tagferry_verify=')
  const before = await told.allInnerTexts()
  await page.getByRole('button', { name: 'Check my site' }).click()
  await vi.waitFor(async () => expect(await told.allInnerTexts()).not.toEqual(before), headRoomMs)
  return told.innerText()
}

/** Waits until the page has answered the check. */
const answered = () =>
  vi.waitFor(
    async () => {
      await owner.page.goto('/admin/install')
      expect(await owner.page.getByTestId('report').count(), 'answers to the check').toBe(1)
    },
    { timeout: headRoomMs, interval: 300 },
  )

/** Opens the address with the check behind it. */
const check = async (address: string, options?: BrowserContextOptions & { script?: string }) => {
  const behind = await ask()
  const visit = await system.visit(options)
  await visit.page.goto(address + (address.includes('?') ? behind.replace('?', '&') : behind))
  await answered()
  return visit
}

/** Codes and texts of the issues that are open. */
const diagnostics = async () => {
  await owner.page.goto('/admin/diagnostics')
  const issues = await owner.page.locator('[data-code]').all()
  return Promise.all(
    issues.map(async (issue) => ({
      code: (await issue.getAttribute('data-code')) ?? '',
      text: await issue.innerText(),
    })),
  )
}
const codes = async () => (await diagnostics()).map(({ code }) => code)

/** That the page's own box announces the diagnosis in the dashboard's words. */
const announces = async ({ page }: Awaited<ReturnType<typeof check>>, code: string) => {
  const announced = page.locator('[data-diagnosis]')
  expect(await announced.getAttribute('data-diagnosis')).toBe(code)
  expect(await announced.textContent()).toBe(isCode(code) && diagnosisOf(code).title)
}

it.each([
  ['/r?to=/offer&ttclid=E.C.P.lost', 'ttclid_lost_on_redirect', 'example.localhost'],
  ['/install/twice', 'snippet_twice', '2 copies on http://www.example.localhost'],
  ['/install/body', 'snippet_in_body', 'Move it into the head'],
  ['/policy/wrong', 'csp_blocks_connect', 'connect-src http://www.example.localhost'],
])('%s: a check leads to %s, and a check of a sound page away from it', async (path, code, text) => {
  const visit = await check(system.link(path))
  const issue = (await diagnostics()).find((one) => one.code === code)
  expect(issue?.text).toContain(text)
  expect(issue?.text).toContain(isCode(code) && diagnosisOf(code).title)
  await announces(visit, code)
  await visit.close()
  const sound = await check(system.link('/'))
  expect(await codes()).not.toContain(code)
  expect(await sound.page.locator('[data-diagnosis]').count()).toBe(0)
  await sound.close()
})

it.each(['/offer', '/install/late', '/policy', '/spa/', '/spa/hash.html'])(
  '%s, opened as it should be: a check finds nothing',
  async (path) => {
    const visit = await check(system.link(path))
    expect(await codes()).toEqual([])
    await visit.close()
  },
)

it('the page that a policy silences tells the dashboard, and its visitor reads the missing line', async () => {
  const visit = await check(system.link('/policy/wrong'))
  await visit.page.locator('tagferry-badge').getByText('Content-Security-Policy').waitFor()
  await owner.page.getByTestId('report').getByText('connect-src').waitFor()
  expect(system.seen('Pageview', '/policy/wrong')).toEqual([])
  await visit.close()
})

it('Global Privacy Control of the owner’s own browser is told', async () => {
  const script = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
  const visit = await check(system.link('/privacy'), { script })
  expect(await codes()).toContain('gpc_on')
  await announces(visit, 'gpc_on')
  await visit.close()
})

it('a host on plain http is told', async () => {
  const browser = await launchChromium({ args: [`--host-resolver-rules=MAP *.${PLAIN_DOMAIN} 127.0.0.1`] })
  try {
    const behind = await ask()
    const page = await browser.newPage()
    await page.goto(`${system.home.replace('example.localhost', PLAIN_DOMAIN)}plain${behind}`)
    await answered()
    const plain = (await diagnostics()).find(({ code }) => code === 'http_site_no_subtle_crypto')
    expect(plain?.text).toContain(`http://www.${PLAIN_DOMAIN}`)
    expect(await page.locator('[data-diagnosis]').getAttribute('data-diagnosis')).toBe(plain?.code)
  } finally {
    await browser.close()
  }
})

it('a frame without the site key, and a foreign page: somebody else sends under this name', async () => {
  expect(await codes()).not.toContain('site_key_mismatch')
  const told = (event: string) =>
    vi.waitFor(
      async () => {
        const issue = (await diagnostics()).find(({ code }) => code === 'site_key_mismatch')
        expect(issue?.text).toContain(`last with the event ${event}`)
      },
      { timeout: headRoomMs, interval: 300 },
    )
  const keyless = await system.visit()
  await keyless.open('/frame/keyless')
  const frame = keyless.page.frameLocator('[data-testid=frame]')
  await frame.getByTestId('email').fill('jane@example.com')
  await frame.getByTestId('send').click()
  await told('Lead')
  await announces(keyless, 'site_key_mismatch')
  await keyless.close()

  const foreign = await system.visit()
  await foreign.open('/attack')
  await foreign.tap('foreign')
  await foreign.tap('post')
  await told('Purchase')
  await announces(foreign, 'site_key_mismatch')
  await foreign.close()
})

/** Waits for an event of the list that holds all of these texts. */
const listed = async (filter: string, ...texts: string[]) =>
  vi.waitFor(
    async () => {
      await owner.page.goto(`/admin/events?q=${encodeURIComponent(filter)}`)
      const rows = await owner.page.locator('[data-event]').allInnerTexts()
      expect(rows.filter((row) => texts.every((text) => row.includes(text)))).not.toEqual([])
    },
    { timeout: headRoomMs, interval: 300 },
  )

it('the list of events names the state, the reason and the flag of what pages have sent', async () => {
  const crawler = await system.visit({ userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' })
  await crawler.open('/robots')
  await listed('reason:bot', 'Pageview', 'Skipped')
  await crawler.close()

  const careful = await system.visit({ extraHTTPHeaders: { 'Sec-GPC': '1' } })
  await careful.open('/shipping?visitor=DE')
  await listed('ldu:yes', 'Pageview', 'Delivered', 'LDU: gpc')
  await careful.close()

  const visit = await system.visit()
  await visit.open('/shipping?visitor=US-CA')
  await listed('ldu:yes', 'Pageview', 'Delivered', 'LDU: geo:US-CA')
  await visit.open('/server', 'checkout')
  await visit.tap('report')
  await listed('source:server', 'Purchase', 'Delivered', 'Server')
  await visit.open('/consent')
  await visit.tap('accept')
  await listed('event:ViewContent', 'Delivered', '$26.00')
  await visit.tap('withdraw')
  await listed('reason:consent', 'ConsentWithdrawn', 'Skipped')
  await visit.close()
})
