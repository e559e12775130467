// Tests the event list, the event page and the overview: sources, issues, answers, replays and checks.
import { afterEach, describe, expect, it } from 'vitest'
import { connectDomain, type Dashboard, startDashboard } from '../support/dashboard.js'
import { postAsPage, postAsServer } from '../support/events.js'
import { okBody } from '../support/tiktok.js'
import { waitFor } from '../support/wait.js'

const key = 'server-key-for-tests'
let dashboard: Dashboard
afterEach(() => dashboard?.stop())

const fromBrowser = (eventId: string) =>
  postAsPage(dashboard.collector.origin, [
    {
      event: 'Purchase',
      event_id: eventId,
      properties: { value: 5, currency: 'EUR' },
      page: { url: 'https://www.shop.example/thanks' },
    },
  ])
const fromServer = (eventId: string) =>
  postAsServer(dashboard.collector.origin, key, [
    { event: 'Purchase', event_id: eventId, user: { email: 'jane@example.com' } },
  ])

/** The row of an event in the list; empty if there is none. */
async function rowOf(eventId: string, filter = ''): Promise<string> {
  const { text } = await dashboard.get(`/admin/events?site=shop.example&q=${encodeURIComponent(filter)}`)
  const rows = [...text.matchAll(/<tr data-event=([\s\S]*?)<\/tr>/g)].map(([, row = '']) => row)
  return rows.find((row) => row.includes(`class="id">${eventId}<`)) ?? ''
}
const idOf = (row: string) => /^"(\d+)"/.exec(row)?.[1] ?? ''
const keys = { TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key }]) }

describe('events', () => {
  it('from browser and server are marked in the list, on their page and in the overview', async () => {
    dashboard = await startDashboard(keys)
    await connectDomain(dashboard)
    await fromBrowser('both')
    await fromBrowser('alone')
    await fromBrowser('alone')
    const overview = async () => (await dashboard.get('/admin?site=shop.example')).text
    expect(await overview()).toContain('>Browser only<')
    expect((await fromServer('both')).text).toContain('"duplicates":1')
    expect(await rowOf('both')).toMatch(/badge plain[\s\S]+Browser \+ server/)
    expect(await rowOf('alone')).toContain('alone')
    expect(await rowOf('alone')).not.toContain('Browser + server')
    expect(await rowOf('both', 'source:both')).toContain('Browser + server')
    expect(await rowOf('alone', 'source:both')).toBe('')
    const { text } = await dashboard.get(`/admin/events/${idOf(await rowOf('both'))}`)
    expect(text).toContain('It also came from the server under the same id')
    expect(await overview()).toContain('>Server &amp; browser<')
    await fromServer('server-first')
    await fromBrowser('server-first')
    const serverFirst = (await dashboard.get(`/admin/events/${idOf(await rowOf('server-first'))}`)).text
    expect(serverFirst).toContain('It also came from the browser under the same id')
  })

  it('with issues show them in the overview, in the row of their name', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    for (const event of ['Purchase', 'Lead', 'Own'])
      await postAsPage(dashboard.collector.origin, [{ event, event_id: event, properties: {} }])
    const { text } = await dashboard.get('/admin?site=shop.example')
    const row = (name: string) =>
      [...text.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].find(([, cells]) => cells?.includes(`>${name}</a>`))?.[0]
    expect(row('Purchase')).toContain('#value_missing"')
    expect(row('Lead')).toContain('>None<')
    expect(row('Custom event names')).toContain('#event_name_custom"')
    const { text: diagnostics } = await dashboard.get('/admin/diagnostics?site=shop.example')
    expect(diagnostics).toContain('id="value_missing"')
  })

  it('show the request that delivered them, and that they were replayed', async () => {
    let refusing = true
    dashboard = await startDashboard({}, (_request, response) =>
      response.end(refusing ? '{"code":40002,"message":"too old","request_id":"r-1"}' : okBody),
    )
    await connectDomain(dashboard)
    await fromBrowser('again')
    const row = await waitFor('the failure', async () => (await rowOf('again', 'status:failed')) || undefined)
    expect(row).not.toContain('Replay')
    const path = `/admin/events/${idOf(row)}`
    expect((await dashboard.get('/admin?site=shop.example')).text).toContain('>1 failed<')
    refusing = false
    await dashboard.submitAndFollow(path, 'replay')
    const text = await waitFor('the delivery', async () => {
      const html = (await dashboard.get(path)).text
      return html.includes('Delivered') && html
    })
    expect(text).toMatch(/Delivered[\s\S]+after 2 attempts, request x, \d+ ms/)
    expect(text).toContain('The owner has sent it again')
    expect(await rowOf('again')).toContain('Replay')
  })

  it('can be checked without being sent', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    const check = (json: string) =>
      dashboard.submit('/admin/test-events?site=shop.example', 'send', { json, only: 'check' })
    const good = await check('{"event":"Purchase","event_id":"checked-1"}')
    expect(good.text).toContain('Nothing is wrong with this event. It was not sent.')
    expect(good.text).toContain('checked-1')
    const bad = await check('{"event":"Purchase","properties":{"value":"1,234.50"},"odd":1}')
    expect(bad.status).toBe(422)
    expect(bad.text).toContain('events[0].properties.value')
    expect(bad.text).toContain('events[0].odd: unknown key')
    const deep = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`
    expect((await check(`{"event":"Purchase","properties":${deep}}`)).status).toBe(422)
    expect(await rowOf('checked-1')).toBe('')
  })

  it('show the origin of the last one on Install', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    await fromBrowser('first')
    expect((await dashboard.get('/admin/install?site=shop.example')).text).toContain(
      'Purchase from https://www.shop.example',
    )
  })

  it('are checked at the origin that the setting of the site names', async () => {
    const site = { domain: 'shop.example', origin: 'http://www.shop.example:8080' }
    dashboard = await startDashboard({ TAGFERRY_SITES: JSON.stringify([site]) })
    const { text } = await dashboard.submitAndFollow('/admin/install', 'verify')
    expect(text).toMatch(
      /href="http:\/\/www\.shop\.example:8080\/\?ttclid=[^"]+"[^>]*>\s*Open my site and check/,
    )
  })
})
