// Tests Configuration > Privacy: settings of a domain apply to its next event, in every collector, and to no other domain.
import { afterEach, describe, expect, it } from 'vitest'
import { startCollector } from '../support/collector.js'
import { connectDomain, type Dashboard, pixelCode, startDashboard } from '../support/dashboard.js'
import { postAsPage, postAsServer } from '../support/events.js'
import { freshDatabase } from '../support/postgres.js'
import type { TikTok } from '../support/tiktok.js'
import { waitFor } from '../support/wait.js'

const page = '/admin/configuration/privacy'
const texan = '128.83.1.1'
const key = 'server-key-for-tests'

let dashboard: Dashboard
afterEach(() => dashboard?.stop())

interface Purchase {
  domain?: string
  ip?: string
  consent?: 'granted' | 'denied'
}

/** Posts a purchase as a browser behind a proxy does. */
const buy = (
  origin: string,
  event_id: string,
  { domain = 'shop.example', ip = texan, consent }: Purchase = {},
) =>
  postAsPage(origin, [{ event: 'Purchase', event_id, ...(consent && { privacy: { consent } }) }], {
    site: domain,
    headers: { 'x-forwarded-for': ip },
  })
const flagOf = async (tiktok: TikTok, eventId: string) => (await tiktok.event(eventId)).limited_data_use

const proxied = { TAGFERRY_TRUST_PROXY: 'loopback' }

describe('privacy settings of a domain', () => {
  it('change the flag by region, of this domain only, and are logged', async () => {
    dashboard = await startDashboard(proxied)
    const { collector, tiktok } = dashboard
    await connectDomain(dashboard)
    await connectDomain(dashboard, 'other.example')
    await buy(collector.origin, 'before')
    expect(await flagOf(tiktok, 'before')).toBe(false)
    const saved = await dashboard.submitAndFollow(`${page}?site=shop.example`, 'save', {
      scope: 'list',
      states: 'us-tx, US-CO',
      unknown: 'false',
      consent: '',
    })
    expect(saved.text).toContain('Saved.')
    expect(saved.text).toContain('<option value="list" selected>')
    expect(saved.text).toContain('value="US-TX, US-CO"')
    await buy(collector.origin, 'after')
    await buy(collector.origin, 'others', { domain: 'other.example' })
    await buy(collector.origin, 'nowhere', { ip: '192.168.1.1' })
    await buy(collector.origin, 'others-nowhere', { domain: 'other.example', ip: '192.168.1.1' })
    expect(await flagOf(tiktok, 'after')).toBe(true)
    expect(await flagOf(tiktok, 'others')).toBe(false)
    expect(await flagOf(tiktok, 'nowhere')).toBe(false)
    expect(await flagOf(tiktok, 'others-nowhere')).toBe(true)
    expect((await dashboard.get('/admin/events?site=shop.example&q=id:after')).text).toContain('geo:US-TX')
    const log = (await dashboard.get('/admin/diagnostics?site=shop.example')).text
    expect(log).toContain('Privacy configuration saved')
    expect(log).toContain(
      'Limited Data Use: US-TX,US-CO; country not known: not flagged; consent: not required',
    )
    await dashboard.submitAndFollow(`${page}?site=shop.example`, 'save', {
      scope: '',
      unknown: '',
      consent: '',
    })
    await buy(collector.origin, 'default')
    expect(await flagOf(tiktok, 'default')).toBe(false)
  })

  it('apply in every collector on the database', async () => {
    const shared = {
      ...proxied,
      TAGFERRY_DATABASE_URL: await freshDatabase(),
      TAGFERRY_SECRET: Buffer.alloc(32, 1).toString('base64'),
    }
    dashboard = await startDashboard(shared)
    const other = await startCollector({ env: { ...shared, TAGFERRY_TIKTOK_URL: dashboard.tiktok.origin } })
    try {
      await connectDomain(dashboard)
      await dashboard.submitAndFollow(page, 'save', { scope: 'us', unknown: '', consent: '' })
      let tries = 0
      await waitFor('a flagged event of the other collector', async () => {
        const eventId = `other-${tries++}`
        const { text } = await buy(other.origin, eventId)
        return text.includes('"accepted":1') && (await flagOf(dashboard.tiktok, eventId))
      })
    } finally {
      await other.stop()
    }
  })

  it('require consent from the next event on, and in the tag of Install', async () => {
    dashboard = await startDashboard({
      TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key }]),
    })
    const { collector, tiktok } = dashboard
    await connectDomain(dashboard)
    await connectDomain(dashboard, 'other.example')
    await buy(collector.origin, 'without-consent')
    expect((await dashboard.get('/admin/install?site=shop.example')).text).not.toContain('data-consent')
    await dashboard.submitAndFollow(`${page}?site=shop.example`, 'save', {
      scope: '',
      unknown: '',
      consent: 'required',
    })
    expect((await buy(collector.origin, 'silent')).text).toContain('"reason":"consent"')
    expect((await buy(collector.origin, 'granted', { consent: 'granted' })).text).toContain('"accepted":1')
    expect((await buy(collector.origin, 'others', { domain: 'other.example' })).text).toContain(
      '"accepted":1',
    )
    const server = await postAsServer(collector.origin, key, [{ event: 'Lead' }])
    expect(server.text).toContain('"reason":"consent"')
    await tiktok.event('granted')
    expect((await dashboard.get('/admin/install?site=shop.example')).text).toContain('data-consent=')
    expect((await dashboard.get('/admin/install?site=other.example')).text).not.toContain('data-consent=')
    // Saving other settings of the domain does not change it.
    await dashboard.submitAndFollow('/admin/configuration/events?site=shop.example', 'save', {
      country: 'US',
      aliases: '',
    })
    expect((await buy(collector.origin, 'still')).text).toContain('"reason":"consent"')
  })

  it('do not treat a missing consent decision as a withdrawal', async () => {
    dashboard = await startDashboard({}, ({ body }, response) => {
      // The pending event must stay pending until the event without a decision has arrived.
      if (!JSON.stringify(body).includes('waits')) response.end('{"code":0,"message":"OK","request_id":"r1"}')
      else setTimeout(() => response.writeHead(503).end(), 1)
    })
    const { collector } = dashboard
    await connectDomain(dashboard)
    await dashboard.submitAndFollow(page, 'save', { scope: '', unknown: '', consent: 'required' })
    const user = { email: 'jane@example.com' }
    const send = (event_id: string, privacy?: object) =>
      postAsPage(collector.origin, [{ event: 'Purchase', event_id, user, privacy }])
    await send('waits', { consent: 'granted' })
    await waitFor('the first request', () => dashboard.tiktok.eventsOf('waits')[0])
    expect((await send('undecided')).text).toContain('"reason":"consent"')
    await waitFor('the second request', () => dashboard.tiktok.eventsOf('waits')[1])
  })

  it('are refused beside the field for an unknown state, keep the entry in the form, and are not saved', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    for (const states of ['US-XX', 'us', '', '<script>']) {
      const { status, text } = await dashboard.submit(page, 'save', {
        scope: 'list',
        states,
        unknown: '',
        consent: '',
      })
      expect(status).toBe(422)
      expect(text).toContain('Enter states of the US')
      expect(text).toContain('<option value="list" selected>')
      expect(text).not.toContain('<script>"')
    }
    expect((await dashboard.get(page)).text).toContain(
      '<option value selected>Default: Visitors from California',
    )
  })

  it('from TAGFERRY_SITES are shown and cannot be changed', async () => {
    const site = { domain: 'fixed.example', pixelCode, accessToken: 'token-1', lduScope: 'US-TX' }
    dashboard = await startDashboard({
      ...proxied,
      TAGFERRY_SITES: JSON.stringify([site, { ...site, domain: 'b.example', lduScope: undefined }]),
    })
    const { text } = await dashboard.get(`${page}?site=fixed.example`)
    expect(text).toContain('set by <code>TAGFERRY_SITES</code>')
    expect(text).not.toContain('>Save<')
    const tried = await dashboard.submit(`${page}?site=fixed.example`, 'save', { scope: 'off' })
    expect(tried.status).toBe(422)
    await buy(dashboard.collector.origin, 'fixed', { domain: 'fixed.example' })
    await buy(dashboard.collector.origin, 'b', { domain: 'b.example' })
    expect(await flagOf(dashboard.tiktok, 'fixed')).toBe(true)
    expect(await flagOf(dashboard.tiktok, 'b')).toBe(false)
  })
})
