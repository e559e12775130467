/** What Configuration > Privacy sets for one domain holds for its events at once, in each collector, and for no other's. */
import { afterEach, describe, expect, it } from 'vitest'
import { startCollector } from '../support/collector.js'
import { connectDomain, type Dashboard, pixelCode, startDashboard } from '../support/dashboard.js'
import { call } from '../support/http.js'
import { freshDatabase } from '../support/postgres.js'
import type { TikTok } from '../support/tiktok.js'
import { sleep, waitFor } from '../support/wait.js'

const page = '/admin/configuration/privacy'
const texan = '128.83.1.1'
const key = 'server-key-for-tests'

let dashboard: Dashboard
afterEach(() => dashboard?.stop())

interface Sending {
  domain?: string
  ip?: string
  consent?: 'granted' | 'denied'
}

/** As a browser behind a proxy posts it. */
const buy = (
  origin: string,
  eventId: string,
  { domain = 'shop.example', ip = texan, consent }: Sending = {},
) =>
  call(origin, {
    method: 'POST',
    path: '/e',
    headers: { 'content-type': 'text/plain', origin: `https://${domain}`, 'x-forwarded-for': ip },
    body: {
      site: domain,
      events: [{ event: 'Purchase', event_id: eventId, ...(consent && { privacy: { consent } }) }],
    },
  })
const flagOf = async (tiktok: TikTok, eventId: string) => (await tiktok.event(eventId)).limited_data_use

const proxied = { TAGFERRY_TRUST_PROXY: 'loopback' }

describe('privacy of a domain', () => {
  it('changes what is flagged by place, of this domain alone, and says so in the change log', async () => {
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

  it('holds in every collector of the database', async () => {
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
      let flag: boolean | undefined
      for (let tries = 0; tries < 60 && !flag; tries++) {
        const { text } = await buy(other.origin, `other-${tries}`)
        if (text.includes('"accepted":1')) flag = await flagOf(dashboard.tiktok, `other-${tries}`)
        if (!flag) await sleep(500)
      }
      expect(flag).toBe(true)
    } finally {
      await other.stop()
    }
  })

  it('asks for consent where it is required: with the next event, and in the tag to paste', async () => {
    dashboard = await startDashboard({
      TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key }]),
    })
    const { collector, tiktok } = dashboard
    await connectDomain(dashboard)
    await connectDomain(dashboard, 'other.example')
    await buy(collector.origin, 'no-word')
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
    const server = await call(collector.origin, {
      method: 'POST',
      path: '/v1/events',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: { site: 'shop.example', events: [{ event: 'Lead' }] },
    })
    expect(server.text).toContain('"reason":"consent"')
    await tiktok.event('granted')
    expect((await dashboard.get('/admin/install?site=shop.example')).text).toContain('data-consent=')
    expect((await dashboard.get('/admin/install?site=other.example')).text).not.toContain('data-consent=')
    // Other settings of the domain, saved elsewhere, leave it as it is.
    await dashboard.submitAndFollow('/admin/configuration/events?site=shop.example', 'save', {
      country: 'US',
      aliases: '',
    })
    expect((await buy(collector.origin, 'still')).text).toContain('"reason":"consent"')
  })

  it('takes nobody who has only not answered for one who takes consent back', async () => {
    dashboard = await startDashboard({}, ({ body }, response) => {
      // What waits must wait until the silent event is in.
      if (!JSON.stringify(body).includes('waits')) response.end('{"code":0,"message":"OK","request_id":"r1"}')
      else setTimeout(() => response.writeHead(503).end(), 1)
    })
    const { collector } = dashboard
    await connectDomain(dashboard)
    await dashboard.submitAndFollow(page, 'save', { scope: '', unknown: '', consent: 'required' })
    const send = (eventId: string, privacy?: object) =>
      call(collector.origin, {
        method: 'POST',
        path: '/e',
        headers: { 'content-type': 'text/plain', origin: 'https://shop.example' },
        body: {
          site: 'shop.example',
          events: [{ event: 'Purchase', event_id: eventId, user: { email: 'jane@example.com' }, privacy }],
        },
      })
    await send('waits', { consent: 'granted' })
    await waitFor('the first try', () => dashboard.tiktok.eventsOf('waits')[0])
    expect((await send('silent')).text).toContain('"reason":"consent"')
    await waitFor('the second try', () => dashboard.tiktok.eventsOf('waits')[1], 20_000)
  })

  it('refuses what is no state beside the field, keeps what was entered, and saves nothing', async () => {
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

  it('shows what TAGFERRY_SITES sets, and leaves it', async () => {
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
