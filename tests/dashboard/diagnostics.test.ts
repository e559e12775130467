/** What Diagnostics and Help show: issues that open and close by themselves, the change log, words and settings. */
import { afterEach, describe, expect, it } from 'vitest'
import { registry } from '../../collector/src/diagnose/registry.js'
import { firstAid } from '../../collector/src/diagnose/troubleshooting.js'
import { connectDomain, type Dashboard, logIn, startDashboard } from '../support/dashboard.js'
import { call } from '../support/http.js'

let dashboard: Dashboard
afterEach(() => dashboard?.stop())

const page = '/admin/diagnostics'
const open = (text: string) => [...text.matchAll(/data-code="([a-z_]+)"/g)].map(([, code]) => code)

describe('diagnostics', () => {
  it('show what is open, and what has closed since', async () => {
    dashboard = await startDashboard()
    await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'shop.example' })
    const before = await dashboard.get(page)
    expect(open(before.text)).toEqual(['token_missing', 'snippet_missing'])
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
    expect(open(after.text)).toEqual(
      ['snippet_missing', 'pixel_code_suspicious', 'vendor_disabled'].sort(byRegistry),
    )
    expect(after.text).toMatch(/Resolved in the last 7 days[\s\S]+There is no Access Token or Pixel Code/)
    expect(open((await dashboard.get(`${page}?site=b.example`)).text)).toEqual(['snippet_missing'])
  })

  it('put an issue aside until it opens anew', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    await dashboard.submitAndFollow('/admin/domains', 'pause', { domain: 'shop.example' })
    expect(open((await dashboard.get(page)).text)).toContain('domain_paused')
    const dismissed = await dashboard.submitAndFollow(page, 'dismiss', { code: 'domain_paused' })
    expect(dismissed.text).toContain('Dismissed: The domain is paused')
    expect(open(dismissed.text)).not.toContain('domain_paused')
    expect(dismissed.text).toContain('1 issue dismissed')
    expect(dismissed.text).toContain('Issue dismissed')
    expect(open((await dashboard.get(page)).text)).not.toContain('domain_paused')
    await dashboard.submitAndFollow('/admin/domains', 'resume', { domain: 'shop.example' })
    await dashboard.get(page)
    await dashboard.submitAndFollow('/admin/domains', 'pause', { domain: 'shop.example' })
    expect(open((await dashboard.get(page)).text)).toContain('domain_paused')
    expect((await dashboard.submitAndFollow(page, 'dismiss', { code: 'gpc_on' })).text).toContain(
      'closed already',
    )
    expect((await dashboard.submitAndFollow(page, 'dismiss', { code: '__proto__' })).text).toContain(
      'closed already',
    )
  })

  it('tell of a refused token in the words of TikTok, escaped', async () => {
    const refused = '{"code":40105,"message":"Access token <b>revoked</b>","request_id":"r1"}'
    dashboard = await startDashboard({}, (_, response) => response.end(refused))
    await connectDomain(dashboard)
    await call(dashboard.collector.origin, {
      method: 'POST',
      path: '/e',
      headers: { 'content-type': 'text/plain', origin: 'https://shop.example' },
      body: { site: 'shop.example', events: [{ event: 'Purchase', event_id: 'p1' }] },
    })
    await expect
      .poll(async () => open((await dashboard.get(page)).text), { timeout: 20_000, interval: 200 })
      .toContain('token_rejected')
    const { text } = await dashboard.get(page)
    expect(text).toContain("'Access token &lt;b>revoked&lt;/b>'; 1 event waiting")
    expect(open(text)[0]).toBe('token_rejected')
  })

  it('say how the owner is seen, and who changed what, by pages', async () => {
    dashboard = await startDashboard()
    const first = await dashboard.get(page)
    expect(first.text).toContain('Nothing was changed yet')
    expect(first.text).toMatch(
      /We see <strong>you<\/strong> as <code>127\.0\.0\.1<\/code>, a private address/,
    )
    expect(open(first.text)).toEqual([])
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

const byRegistry = (one: string, other: string) => weight(one) - weight(other)
const order = ['snippet_missing', 'pixel_code_suspicious', 'vendor_disabled']
const weight = (code: string) => order.indexOf(code)

it('behind a proxy that is not trusted, tell that the owner is seen with its address', async () => {
  dashboard = await startDashboard()
  const behind = { host: 't.shop.example', origin: 'http://t.shop.example' }
  const cookie = await logIn(dashboard.origin)
  const { text } = await call(dashboard.origin, { path: page, headers: { cookie, ...behind } })
  expect(text).toContain('we see you as 127.0.0.1')
  expect(open(text)).toEqual(['private_ip_seen'])
})

it('Help begins with first aid, explains every code, and shows settings without secrets', async () => {
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
