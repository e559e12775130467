// Tests the setup of a domain in the dashboard: domain, Access Token, TikTok enabled, and the messages for wrong input.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startCollector } from '../support/collector.js'
import {
  connectDomain,
  type Dashboard,
  logIn,
  password,
  pixelCode,
  startDashboard,
} from '../support/dashboard.js'
import { postAsPage, postAsServer } from '../support/events.js'
import { call } from '../support/http.js'
import { okBody, type TikTok } from '../support/tiktok.js'
import { waitFor } from '../support/wait.js'

const refused = '{"code":40105,"message":"Access token is incorrect or has been revoked","request_id":"r1"}'
let dashboard: Dashboard
afterEach(() => dashboard?.stop())

const buy = (origin: string, event_id: string) => postAsPage(origin, [{ event: 'Purchase', event_id }])
const requestsWithToken = (tiktok: TikTok, token: string) =>
  tiktok.requests.filter(({ headers }) => headers['access-token'] === token)

describe('the dashboard', () => {
  it('connects TikTok in the steps of the manual, and the next event is delivered', async () => {
    dashboard = await startDashboard()
    const { collector, tiktok } = dashboard
    expect((await dashboard.get('/admin/connections')).text).toContain('No domain yet')
    const added = await dashboard.submitAndFollow('/admin/domains', 'add', {
      domain: 'https://Shop.Example/cart',
    })
    expect(added.text).toMatch(/Token Entry[\s\S]+<details open>[\s\S]+Where do I find these\?/)
    expect(added.text).toContain('Assets > Events > Web Events')
    expect((await dashboard.get('/admin')).text).not.toContain('Match keys')
    expect((await buy(collector.origin, 'p0')).text).toContain('no_connection')
    const saved = await dashboard.submitAndFollow('/admin/connections?site=shop.example', 'save', {
      vendor: 'tiktok',
      seen: '0',
      accessToken: ' Bearer token-3f7a ',
      pixelCode: `Pixel Code: ${pixelCode.toLowerCase()} `,
    })
    expect(saved.text).toMatch(
      /Saved\. Access Token ••••••••3f7a was accepted by TikTok \(test event delivered in \d+ ms\)\./,
    )
    expect(saved.text).toMatch(
      /Next:[^<]*<a[^>]+href="\/admin\/configuration\?site=shop.example"[^>]*>Enable TikTok</,
    )
    expect(saved.text).toContain('<details>')
    const [tested] = tiktok.requests
    expect(tested?.body.event_source_id).toBe(pixelCode)
    expect(tested?.body.test_event_code).toMatch(/^TEST\d+$/)
    expect((await buy(collector.origin, 'p1')).text).toContain('vendor_disabled')
    expect((await dashboard.get('/admin/configuration')).text).toContain(`present, ${pixelCode}`)
    await dashboard.submitAndFollow('/admin/configuration?site=shop.example', 'save', {
      vendor: 'tiktok',
      enabled: 'on',
    })
    expect((await dashboard.get('/admin/connections')).text).not.toContain('Next:')
    expect((await buy(collector.origin, 'p2')).text).toContain('"accepted":1')
    expect(await tiktok.event('p2')).toMatchObject({ event: 'Purchase' })
    expect(tiktok.requests.at(-1)?.headers['access-token']).toBe('token-3f7a')
    const overview = await dashboard.get('/admin?site=shop.example')
    expect(overview.text).toContain('Match keys')
    expect((await dashboard.get('/admin/install')).text).toContain('See all events')
  })

  it('keeps a connection over a restart, and shows and stores its token nowhere', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard, 'shop.example', 'canary-token-1234')
    await dashboard.collector.kill()
    const restarted = await startCollector({
      dataDir: dashboard.collector.dataDir,
      env: { TAGFERRY_TIKTOK_URL: dashboard.tiktok.origin, TAGFERRY_ADMIN_PASSWORD: password },
    })
    await buy(restarted.origin, 'p3')
    await dashboard.tiktok.event('p3')
    const cookie = await logIn(restarted.origin)
    for (const path of [
      '/admin',
      '/admin/connections',
      '/admin/configuration',
      '/admin/events',
      '/admin/domains',
    ]) {
      const { text } = await call(restarted.origin, { path, headers: { cookie } })
      expect(text).not.toContain('canary-token')
    }
    expect(dashboard.collector.log() + restarted.log()).not.toContain('canary-token')
    await restarted.stop()
    for (const file of readdirSync(restarted.dataDir))
      expect(readFileSync(join(restarted.dataDir, file), 'latin1')).not.toContain('canary-token')
  })

  it.each([
    ['an empty token', { accessToken: '' }, 'Enter the Access Token.'],
    ['a token of two words', { accessToken: 'token one' }, 'An Access Token is one word'],
    ['a token of 9,000 characters', { accessToken: 'x'.repeat(9_000) }, 'An Access Token is one word'],
    ['an empty Pixel Code', { pixelCode: '' }, 'Enter the Pixel Code.'],
    ['a Pixel Code that starts with E', { pixelCode: `E${pixelCode.slice(1)}` }, 'starts with C (or D'],
    ['HTML as the Pixel Code', { pixelCode: '<script>alert(1)</script>' }, 'starts with C (or D'],
  ])('says beside the field what is wrong with %s, and saves nothing', async (_what, fields, message) => {
    dashboard = await startDashboard()
    await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'shop.example' })
    const good = { vendor: 'tiktok', seen: '0', accessToken: 'token-1', pixelCode }
    const { status, text } = await dashboard.submit('/admin/connections?site=shop.example', 'save', {
      ...good,
      ...fields,
    })
    expect(status).toBe(422)
    expect(text).toContain(message)
    expect(text).not.toContain('<script>alert')
    expect(dashboard.tiktok.requests).toEqual([])
    expect((await dashboard.get('/admin/connections')).text).toContain('Not connected')
  })

  it('saves a token although TikTok cannot be reached, and says so', async () => {
    dashboard = await startDashboard({ TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' })
    await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'shop.example' })
    const fields = { vendor: 'tiktok', seen: '0', accessToken: 'token-1', pixelCode }
    const saved = await dashboard.submitAndFollow('/admin/connections?site=shop.example', 'save', fields)
    expect(saved.text).toContain('Saved, not tested: TikTok could not be reached from this server')
  })

  it("shows TikTok's message about a token; only another token delivers the pending events", async () => {
    dashboard = await startDashboard({}, ({ headers }, response) =>
      response.end(headers['access-token'] === 'token-2' ? okBody : refused),
    )
    await connectDomain(dashboard)
    const { text } = await dashboard.get('/admin/connections')
    expect(text).toContain('••••••••en-1')
    await buy(dashboard.collector.origin, 'w1')
    await waitFor('the refusal', () => requestsWithToken(dashboard.tiktok, 'token-1')[1])
    await waitFor('the pause', () => dashboard.collector.log().includes('paused'))
    const paused = (await dashboard.get('/admin/connections')).text
    expect(paused).toContain('Needs Reconnection')
    expect(paused).toContain('Access token is incorrect or has been revoked')
    expect(paused).toContain('1 event is waiting and will be sent then.')
    const seen = /name="seen" value="(\d+)"/.exec(paused)?.[1] ?? ''
    const save = (accessToken: string, version: string) =>
      dashboard.submit('/admin/connections?site=shop.example', 'save', {
        vendor: 'tiktok',
        seen: version,
        accessToken,
        pixelCode,
      })
    expect((await save('token-1', seen)).status).toBe(303)
    expect((await dashboard.get('/admin/connections')).text).toContain('Needs Reconnection')
    const stale = await save('token-2', seen)
    expect(stale.text).toContain('Somebody else has saved this meanwhile')
    const now = /name="seen" value="(\d+)"/.exec((await dashboard.get('/admin/connections')).text)?.[1] ?? ''
    expect((await save('token-2', now)).status).toBe(303)
    await waitFor('the event', () => dashboard.tiktok.eventsOf('w1').length > 1)
    expect(
      requestsWithToken(dashboard.tiktok, 'token-2').some(({ body }) => body.data[0]?.event_id === 'w1'),
    ).toBe(true)
  })

  it('pauses, resumes and deletes a domain with all that belongs to it', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    const { origin } = dashboard.collector
    await dashboard.submitAndFollow('/admin/domains', 'pause', { domain: 'shop.example' })
    expect((await buy(origin, 'd1')).text).toContain('site_paused')
    await dashboard.submitAndFollow('/admin/domains', 'resume', { domain: 'shop.example' })
    expect((await buy(origin, 'd2')).text).toContain('"accepted":1')
    const unsure = await dashboard.submit('/admin/domains', 'delete', {
      domain: 'shop.example',
      confirm: 'shop',
    })
    expect(unsure.text).toContain('type its name')
    await dashboard.submitAndFollow('/admin/domains', 'delete', {
      domain: 'shop.example',
      confirm: 'shop.example',
    })
    expect((await buy(origin, 'd3')).text).toContain('unknown_site')
    await dashboard.submitAndFollow('/admin/domains', 'add', { domain: 'shop.example' })
    expect((await dashboard.get('/admin/connections')).text).toContain('Not connected')
  })

  it('shows a new key once, which works until it is revoked', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    const made = await dashboard.submit('/admin/configuration/keys?site=shop.example', 'create', {
      name: 'Webhook',
    })
    const key = /data-copy="(tf_[^"]+)"/.exec(made.text)?.[1] ?? ''
    expect(key).toHaveLength(35)
    const send = () => postAsServer(dashboard.collector.origin, key, [{ event: 'Purchase' }])
    expect((await send()).status).toBe(202)
    const page = (await dashboard.get('/admin/configuration/keys')).text
    expect(page).not.toContain(key)
    const id = /name="id" value="([^"]+)"/.exec(page)?.[1] ?? ''
    await dashboard.submitAndFollow('/admin/configuration/keys?site=shop.example', 'revoke', { id })
    expect((await send()).status).toBe(401)
  })

  it('cannot change what the environment sets', async () => {
    const sites = JSON.stringify([{ domain: 'fixed.example', pixelCode, accessToken: 'token-env' }])
    dashboard = await startDashboard({ TAGFERRY_SITES: sites })
    const { text } = await dashboard.get('/admin/connections')
    expect(text).toContain('set by <code>TAGFERRY_SITES</code>')
    expect(text).not.toContain('>Save<')
    const fields = { vendor: 'tiktok', seen: '0', accessToken: 'token-new', pixelCode }
    const tried = await dashboard.submit('/admin/connections?site=fixed.example', 'save', fields)
    expect(tried.status).toBe(422)
    const added = await dashboard.submit('/admin/domains', 'add', { domain: 'fixed.example' })
    expect(added.text).toContain('there already')
  })
})
