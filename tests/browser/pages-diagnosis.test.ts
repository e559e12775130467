/** Visits the example pages, and compares the diagnoses in the dashboard with those that the pages announce. */
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { diagnosisOf, isCode } from '../../collector/src/diagnose/registry.js'
import { PLAIN_DOMAIN } from '../../examples/shop/keys.js'
import { launchChromium } from '../support/chromium.js'
import { password } from '../support/dashboard.js'
import { logInAsOwner, type Visit as Owner, openWindow } from '../support/dashboard-visit.js'
import { type Examples, startExamples } from '../support/examples.js'
import { waitLimitMs } from '../support/wait.js'

let system: Examples
let owner: Owner
beforeAll(async () => {
  system = await startExamples({ TAGFERRY_ADMIN_PASSWORD: password, TAGFERRY_GEO_HEADERS: 'cloudflare' })
  // Without scripts the page does not load itself anew while it is looked at.
  owner = await openWindow(system.browser, system.collector.origin, { javaScriptEnabled: false })
  await logInAsOwner(owner)
})
afterAll(() => system?.stop())

/** Starts a new check in the dashboard, and returns the parameters to append to an address. */
const startCheck = async (): Promise<string> => {
  const { page } = owner
  await page.goto('/admin/install')
  const parameters = page.getByText('#tagferry_verify=')
  const before = await parameters.allInnerTexts()
  await page.getByRole('button', { name: 'Check my site' }).click()
  await vi.waitFor(async () => expect(await parameters.allInnerTexts()).not.toEqual(before), waitLimitMs)
  return parameters.innerText()
}

/** Waits until the dashboard has the report of the page. */
const waitForReport = () =>
  vi.waitFor(
    async () => {
      await owner.page.goto('/admin/install')
      expect(await owner.page.getByTestId('report').count(), 'reports of the check').toBe(1)
    },
    { timeout: waitLimitMs, interval: 300 },
  )

/** Opens the address with the parameters of a new check. */
const check = async (address: string, options?: BrowserContextOptions & { script?: string }) => {
  const parameters = await startCheck()
  const visit = await system.visit(options)
  await visit.page.goto(address + (address.includes('?') ? parameters.replace('?', '&') : parameters))
  await waitForReport()
  return visit
}

/** Codes and texts of the open issues. */
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

/** Expects the page to announce the diagnosis under the title of the dashboard. */
const expectAnnouncement = async ({ page }: Awaited<ReturnType<typeof check>>, code: string) => {
  const announced = page.locator('[data-diagnosis]')
  expect(await announced.getAttribute('data-diagnosis')).toBe(code)
  expect(await announced.textContent()).toBe(isCode(code) && diagnosisOf(code).title)
}

it.each([
  ['/r?to=/offer&ttclid=E.C.P.lost', 'ttclid_lost_on_redirect', 'example.localhost'],
  ['/install/twice', 'snippet_twice', '2 copies on http://www.example.localhost'],
  ['/install/body', 'snippet_in_body', 'Move it into the head'],
  ['/policy/wrong', 'csp_blocks_connect', 'connect-src http://www.example.localhost'],
])('a check of %s opens the issue %s, and a check of a correct page closes it', async (path, code, text) => {
  const visit = await check(system.link(path))
  const issue = (await diagnostics()).find((issue) => issue.code === code)
  expect(issue?.text).toContain(text)
  expect(issue?.text).toContain(isCode(code) && diagnosisOf(code).title)
  await expectAnnouncement(visit, code)
  await visit.close()
  const correct = await check(system.link('/'))
  expect(await codes()).not.toContain(code)
  expect(await correct.page.locator('[data-diagnosis]').count()).toBe(0)
  await correct.close()
})

it.each(['/offer', '/install/late', '/policy', '/spa/', '/spa/hash.html'])(
  'a check of %s finds no issue',
  async (path) => {
    const visit = await check(system.link(path))
    expect(await codes()).toEqual([])
    await visit.close()
  },
)

it('a page blocked by its policy still reports to the dashboard, and shows the missing line', async () => {
  const visit = await check(system.link('/policy/wrong'))
  await visit.page.locator('tagferry-badge').getByText('Content-Security-Policy').waitFor()
  await owner.page.getByTestId('report').getByText('connect-src').waitFor()
  expect(system.seen('Pageview', '/policy/wrong')).toEqual([])
  await visit.close()
})

it('Global Privacy Control in the browser of the owner is an issue', async () => {
  const script = "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
  const visit = await check(system.link('/privacy'), { script })
  expect(await codes()).toContain('gpc_on')
  await expectAnnouncement(visit, 'gpc_on')
  await visit.close()
})

it('a host on plain http is an issue', async () => {
  const browser = await launchChromium({ args: [`--host-resolver-rules=MAP *.${PLAIN_DOMAIN} 127.0.0.1`] })
  try {
    const parameters = await startCheck()
    const page = await browser.newPage()
    await page.goto(`${system.home.replace('example.localhost', PLAIN_DOMAIN)}plain${parameters}`)
    await waitForReport()
    const plain = (await diagnostics()).find(({ code }) => code === 'http_site_no_subtle_crypto')
    expect(plain?.text).toContain(`http://www.${PLAIN_DOMAIN}`)
    expect(await page.locator('[data-diagnosis]').getAttribute('data-diagnosis')).toBe(plain?.code)
  } finally {
    await browser.close()
  }
})

it('events from a frame without the site key and from a foreign page are a site_key_mismatch', async () => {
  expect(await codes()).not.toContain('site_key_mismatch')
  const waitForIssue = (event: string) =>
    vi.waitFor(
      async () => {
        const issue = (await diagnostics()).find(({ code }) => code === 'site_key_mismatch')
        expect(issue?.text).toContain(`last with the event ${event}`)
      },
      { timeout: waitLimitMs, interval: 300 },
    )
  const keyless = await system.visit()
  await keyless.open('/frame/keyless')
  const frame = keyless.page.frameLocator('[data-testid=frame]')
  await frame.getByTestId('email').fill('jane@example.com')
  await frame.getByTestId('send').click()
  await waitForIssue('Lead')
  await expectAnnouncement(keyless, 'site_key_mismatch')
  await keyless.close()

  const foreign = await system.visit()
  await foreign.open('/attack')
  await foreign.tap('foreign')
  await foreign.tap('post')
  await waitForIssue('Purchase')
  await expectAnnouncement(foreign, 'site_key_mismatch')
  await foreign.close()
})

/** Waits until the list has an event with all of these texts. */
const waitForListed = async (filter: string, ...texts: string[]) =>
  vi.waitFor(
    async () => {
      await owner.page.goto(`/admin/events?q=${encodeURIComponent(filter)}`)
      const rows = await owner.page.locator('[data-event]').allInnerTexts()
      expect(rows.filter((row) => texts.every((text) => row.includes(text)))).not.toEqual([])
    },
    { timeout: waitLimitMs, interval: 300 },
  )

it('the list of events shows the state, the reason and the flag of events from pages', async () => {
  const crawler = await system.visit({ userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1)' })
  await crawler.open('/robots')
  await waitForListed('reason:bot', 'Pageview', 'Skipped')
  await crawler.close()

  const careful = await system.visit({ extraHTTPHeaders: { 'Sec-GPC': '1' } })
  await careful.open('/shipping?visitor=DE')
  await waitForListed('ldu:yes', 'Pageview', 'Delivered', 'LDU: gpc')
  await careful.close()

  const visit = await system.visit()
  await visit.open('/shipping?visitor=US-CA')
  await waitForListed('ldu:yes', 'Pageview', 'Delivered', 'LDU: geo:US-CA')
  await visit.open('/server', 'checkout')
  await visit.tap('report')
  await waitForListed('source:server', 'Purchase', 'Delivered', 'Server')
  await visit.open('/consent')
  await visit.tap('accept')
  await waitForListed('event:ViewContent', 'Delivered', '$26.00')
  await visit.tap('withdraw')
  await waitForListed('reason:consent', 'ConsentWithdrawn', 'Skipped')
  await visit.close()
})
