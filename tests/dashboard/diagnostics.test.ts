// Tests the pages Diagnostics and Help: open and resolved issues, the change log, explanations and settings.
import { afterEach, describe, expect, it } from 'vitest'
import { registry } from '../../collector/src/diagnose/registry.js'
import { firstAid } from '../../collector/src/diagnose/troubleshooting.js'
import { connectDomain, type Dashboard, logIn, startDashboard } from '../support/dashboard.js'
import { postAsPage } from '../support/events.js'
import { call } from '../support/http.js'
import { waitFor } from '../support/wait.js'

let dashboard: Dashboard
afterEach(() => dashboard?.stop())

const page = '/admin/diagnostics'
/** Codes of the issues on a page, in the order shown. */
const openIssues = (text: string) => [...text.matchAll(/data-code="([a-z_]+)"/g)].map(([, code]) => code)

describe('diagnostics', () => {
  it('show open issues and issues resolved lately', async () => {
    dashboard = await startDashboard()
    await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'shop.example' })
    const before = await dashboard.get(page)
    expect(openIssues(before.text)).toEqual(['token_missing', 'snippet_missing'])
    expect(before.text).toContain('There is no Access Token or Pixel Code')
    expect(before.text).toContain('href="/admin/connections?site=shop.example"')
    expect(before.text).not.toContain('Resolved in the last 7 days')
    await connectDomain(dashboard, 'b.example')
    await dashboard.submitAndFollow('/admin/connections?site=shop.example', 'save', {
      vendor: 'tiktok',
      seen: '0',
      accessToken: 'token-2',
      pixelCode: 'CABCDEFGHIJ',
    })
    const after = await dashboard.get(`${page}?site=shop.example`)
    expect(openIssues(after.text)).toEqual(
      ['snippet_missing', 'pixel_code_suspicious', 'vendor_disabled'].sort(byRegistry),
    )
    expect(after.text).toMatch(/Resolved in the last 7 days[\s\S]+There is no Access Token or Pixel Code/)
    expect(openIssues((await dashboard.get(`${page}?site=b.example`)).text)).toEqual(['snippet_missing'])
  })

  it('hide a dismissed issue until it opens again', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    await dashboard.submitAndFollow('/admin/domains', 'pause', { domain: 'shop.example' })
    expect(openIssues((await dashboard.get(page)).text)).toContain('domain_paused')
    const dismissed = await dashboard.submitAndFollow(page, 'dismiss', { code: 'domain_paused' })
    expect(dismissed.text).toContain('Dismissed: The domain is paused')
    expect(openIssues(dismissed.text)).not.toContain('domain_paused')
    expect(dismissed.text).toContain('1 issue dismissed')
    expect(dismissed.text).toContain('Issue dismissed')
    expect(openIssues((await dashboard.get(page)).text)).not.toContain('domain_paused')
    await dashboard.submitAndFollow('/admin/domains', 'resume', { domain: 'shop.example' })
    await dashboard.get(page)
    await dashboard.submitAndFollow('/admin/domains', 'pause', { domain: 'shop.example' })
    expect(openIssues((await dashboard.get(page)).text)).toContain('domain_paused')
    expect((await dashboard.submitAndFollow(page, 'dismiss', { code: 'gpc_on' })).text).toContain(
      'closed already',
    )
    expect((await dashboard.submitAndFollow(page, 'dismiss', { code: '__proto__' })).text).toContain(
      'closed already',
    )
  })

  it("show a refused token with TikTok's message, escaped", async () => {
    const refused = '{"code":40105,"message":"Access token <b>revoked</b>","request_id":"r1"}'
    dashboard = await startDashboard({}, (_, response) => response.end(refused))
    await connectDomain(dashboard)
    await postAsPage(dashboard.collector.origin, [{ event: 'Purchase', event_id: 'p1' }])
    const text = await waitFor('the issue', async () => {
      const html = (await dashboard.get(page)).text
      return openIssues(html).includes('token_rejected') && html
    })
    expect(text).toContain("'Access token &lt;b>revoked&lt;/b>'; 1 event waiting")
    expect(openIssues(text)[0]).toBe('token_rejected')
  })

  it("show the owner's address as the collector sees it, and the change log in pages", async () => {
    dashboard = await startDashboard()
    const first = await dashboard.get(page)
    expect(first.text).toContain('Nothing was changed yet')
    expect(first.text).toMatch(
      /We see <strong>you<\/strong> as <code>127\.0\.0\.1<\/code>, a private address/,
    )
    expect(openIssues(first.text)).toEqual([])
    await connectDomain(dashboard)
    for (let turn = 0; turn < 25; turn++) {
      await dashboard.submitAndFollow('/admin/domains', 'pause', { domain: 'shop.example' })
      await dashboard.submitAndFollow('/admin/domains', 'resume', { domain: 'shop.example' })
    }
    const rows = (text: string) =>
      [...text.matchAll(/<td class="long">(Domain \w+|TikTok [\w ]+)<\/td>/g)].map(([, what]) => what)
    const newest = await dashboard.get(page)
    expect(rows(newest.text)).toHaveLength(50)
    const older = /href="([^"]+before=\d+)" rel="next"/.exec(newest.text)?.[1]?.replaceAll('&amp;', '&')
    expect(rows((await dashboard.get(String(older))).text)).toEqual([
      'TikTok enabled',
      'TikTok connection saved',
      'Domain added',
    ])
  })
})

const byRegistry = (a: string, b: string) => weight(a) - weight(b)
const order = ['snippet_missing', 'pixel_code_suspicious', 'vendor_disabled']
const weight = (code: string) => order.indexOf(code)

it('Diagnostics report an untrusted proxy whose address is seen instead of the owner', async () => {
  dashboard = await startDashboard()
  const behind = { host: 't.shop.example', origin: 'http://t.shop.example' }
  const cookie = await logIn(dashboard.origin)
  const { text } = await call(dashboard.origin, { path: page, headers: { cookie, ...behind } })
  expect(text).toContain('we see you as 127.0.0.1')
  expect(openIssues(text)).toEqual(['private_ip_seen'])
})

it('Help lists first aid, explains every code, and shows settings without secrets', async () => {
  dashboard = await startDashboard({
    TAGFERRY_API_KEYS: '[{"site":"shop.example","key":"key-of-sixteen-letters"}]',
  })
  const { text } = await dashboard.get('/admin/help')
  const cells = [...text.matchAll(/<td>([^<]+)<\/td>/g)].map(([, cell]) => cell)
  expect(cells.slice(0, 6)).toEqual(firstAid.flatMap(({ problem, solution }) => [problem, solution]))
  expect(cells.slice(0, 4)).toEqual([
    'Token rejected',
    'Regenerate the access token in TikTok Events Manager.',
    'Events not appearing',
    'Verify that the Pixel Code matches your pixel, check that TikTok is enabled in Configuration > Vendors.',
  ])
  for (const { code } of registry) expect(text).toContain(`id="${code}"`)
  expect(text).toContain('POST /v1/events')
  expect(text).toMatch(/TAGFERRY_API_KEYS<\/code><\/td><td>••••<\/td><td>environment/)
  expect(text).toMatch(/TAGFERRY_RETENTION_DAYS<\/code><\/td><td>90<\/td><td>default/)
  expect(text).not.toContain('key-of-sixteen-letters')
})
