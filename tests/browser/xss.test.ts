// Tests injection: malicious texts in every posted field and every dashboard form never run, send requests or break a page.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/chromium.js'
import {
  connectDomain,
  csrfOf,
  type Dashboard,
  pixelCode,
  postForm,
  startDashboard,
} from '../support/dashboard.js'
import { logInAsOwner, openWindow, type Visit } from '../support/dashboard-visit.js'
import { call } from '../support/http.js'
import { allStrings, naughtyStrings, postAll, scriptStrings } from '../support/injection-strings.js'
import { pagePaths } from '../support/page-paths.js'

describe('malicious texts', () => {
  let browser: Browser
  let dashboard: Dashboard
  let visit: Visit
  let csrf = ''
  /** Sends a form without the validation of the browser. */
  const send = (path: string, fields: Record<string, string>) =>
    postForm(dashboard.origin, path, { csrf, ...fields }, { cookie: dashboard.cookie })

  beforeAll(async () => {
    browser = await launchChromium()
    dashboard = await startDashboard({ TAGFERRY_RATE_LIMIT: '100000' })
    await connectDomain(dashboard)
    csrf = csrfOf((await dashboard.get('/admin/domains')).text)
    visit = await openWindow(browser, dashboard.origin)
    await logInAsOwner(visit)
  })
  afterAll(async () => {
    await visit?.context.close()
    await browser?.close()
    await dashboard?.stop()
  })

  /** Opens pages in three windows at once; gives everything that must not happen there. */
  async function noiseOf(paths: readonly string[]): Promise<string[]> {
    const queue = [...paths]
    const windows = [visit.page, await visit.context.newPage(), await visit.context.newPage()]
    await Promise.all(
      windows.map(async (page) => {
        for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
          await page.goto(path)
          await page.locator('h1').waitFor()
        }
      }),
    )
    for (const page of windows.slice(1)) await page.close()
    return visit.noise.splice(0)
  }

  it(`in every field of an event (${allStrings.length} of them) stay text on every page`, async () => {
    const accepted = await postAll(dashboard.collector.origin, allStrings)
    for (const field of [
      'event',
      'event_id',
      'user.ttclid',
      'page.url',
      'properties.currency',
      'properties.custom',
    ])
      expect(accepted.get(field) ?? 0, field).toBeGreaterThan(allStrings.length / 4)
    const ids: string[] = []
    const lists: string[] = []
    for (let path: string | undefined = '/admin/events'; path; ) {
      lists.push(path)
      const { text } = await dashboard.get(path)
      ids.push(...[...text.matchAll(/data-event="(\d+)"/g)].map(([, id]) => id ?? ''))
      path = /<a href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(ids.length).toBeGreaterThan(allStrings.length * 0.9)
    const bare = pagePaths.map((path) => path.replace('/:id', `/${ids[0]}`))
    // Of the other texts every fifth, because all pages are rendered by the same code.
    const details = ids
      .filter((_, at) => at < scriptStrings.length || at % 5 === 0)
      .map((id) => `/admin/events/${id}`)
    expect(await noiseOf([...bare, '/admin?range=7d', ...lists, ...details])).toEqual([])
    console.log(
      `${allStrings.length} texts, ${ids.length} events, ${bare.length + lists.length + details.length} pages opened`,
    )
  })

  it('are shown unchanged', async () => {
    await visit.page.goto(`/admin/events?q=${encodeURIComponent('event:<svg/onload=alert(1)>')}`)
    await visit.page.getByRole('link', { name: '<svg/onload=alert(1)>', exact: true }).waitFor()
  })

  it('in a verification report stay text', async () => {
    await dashboard.submitAndFollow('/admin/install', 'verify')
    const nonce = /tagferry_verify=([\w-]+)/.exec((await dashboard.get('/admin/install')).text)?.[1]
    const keys = [
      'version',
      'origin',
      'copies',
      'tag_in',
      'tag_loading',
      'cookie_domain',
      'storage',
      'consent',
      'violations',
    ]
    for (let from = 0; from < scriptStrings.length; from += keys.length) {
      const report = Object.fromEntries(keys.map((key, at) => [key, scriptStrings[from + at] ?? '']))
      await call(dashboard.collector.origin, {
        method: 'POST',
        path: '/verify',
        headers: { 'content-type': 'text/plain' },
        body: { site: 'shop.example', nonce, report },
      })
      await visit.page.goto('/admin/install')
      expect(await visit.page.getByTestId('report').textContent()).toContain(scriptStrings[from]?.trim())
    }
    expect(visit.noise.splice(0)).toEqual([])
  })

  it('in every form are refused or stored as text', async () => {
    const forms: [path: string, fields: (text: string) => Record<string, string>][] = [
      ['/admin/domains', (domain) => ({ action: 'add', domain })],
      ['/admin/domains', (domain) => ({ action: 'pause', domain })],
      ['/admin/domains', (text) => ({ action: 'delete', domain: 'shop.example', confirm: text })],
      [
        '/admin/connections',
        (text) => ({ action: 'save', vendor: 'tiktok', pixelCode: text, testEventCode: text }),
      ],
      ['/admin/connections', (vendor) => ({ action: 'save', vendor, accessToken: vendor, pixelCode })],
      ['/admin/configuration', (vendor) => ({ action: 'save', vendor })],
      ['/admin/configuration/events', (text) => ({ action: 'save', aliases: text, country: text })],
      ['/admin/configuration/keys', (id) => ({ action: 'revoke', id })],
      ['/admin/test-events', (json) => ({ action: 'send', json })],
      ['/admin/events', (text) => ({ action: 'replay', hours: text, event: text })],
      ['/admin/events/1', (text) => ({ action: text })],
      ['/admin/diagnostics', (code) => ({ action: 'dismiss', code })],
      ['/admin/account', (text) => ({ action: 'change', old: text, next: text, again: text })],
    ]
    const broken: string[] = []
    for (const text of allStrings)
      for (const [path, fields] of forms) {
        // Scripts in every form, all other texts in one form each.
        if (!scriptStrings.includes(text) && forms[allStrings.indexOf(text) % forms.length]?.[1] !== fields)
          continue
        const answer = await send(path, fields(text))
        const raw = /<[a-z]/i.test(text) && answer.text.includes(text)
        if (answer.status >= 500 || raw)
          broken.push(`${path} ${JSON.stringify(fields(text))}: ${answer.status}`)
      }
    expect(broken).toEqual([])
    for (const name of scriptStrings.slice(0, 90))
      expect((await send('/admin/configuration/keys', { action: 'create', name })).status).toBeLessThan(500)
    expect(await noiseOf(['/admin/configuration/keys', '/admin/diagnostics', '/admin/domains'])).toEqual([])
  })

  it('in a form that is shown again stay text', async () => {
    const { page } = visit
    const forms: [path: string, field: string, button: string][] = [
      ['/admin/domains', 'domain', 'Add'],
      ['/admin/connections', 'pixelCode', 'Save'],
      ['/admin/configuration/events', 'aliases', 'Save'],
      ['/admin/test-events', 'json', 'Send'],
    ]
    for (const [at, text] of scriptStrings.entries()) {
      if (at % 3) continue
      const [path, field, button] = forms[(at / 3) % forms.length] ?? ['', '', '']
      await page.goto(path)
      await page.locator(`[name=${field}]:not([type=hidden])`).fill(text)
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.locator('h1').waitFor()
    }
    expect(visit.noise.splice(0)).toEqual([])
  })

  it('in a URL stay text', async () => {
    const queries = [
      'events?q=',
      'events?q=event:',
      'events?before=',
      'events?site=',
      '?range=',
      'install?tab=',
      'test-events?event=',
      'diagnostics?before=',
      'setup?token=',
      'events/',
    ]
    const paths = scriptStrings.map(
      (text, at) => `/admin/${queries[at % queries.length]}${encodeURIComponent(text)}`,
    )
    const odd = naughtyStrings.filter((_, at) => at % 40 === 0)
    paths.push(...odd.map((text, at) => `/admin/${queries[at % queries.length]}${encodeURIComponent(text)}`))
    expect(await noiseOf(paths)).toEqual([])
  })
})
