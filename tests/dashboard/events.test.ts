/** What the list of events, the page of one and the overview tell beside the state: both sides, replays, answers, checks. */
import { afterEach, describe, expect, it } from 'vitest'
import { connectDomain, type Dashboard, startDashboard } from '../support/dashboard.js'
import { call } from '../support/http.js'
import { okBody } from '../support/tiktok.js'
import { waitFor } from '../support/wait.js'

const key = 'server-key-for-tests'
let dashboard: Dashboard
afterEach(() => dashboard?.stop())

const send = (path: string, headers: Record<string, string>, event: Record<string, unknown>) =>
  call(dashboard.collector.origin, {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: { site: 'shop.example', events: [event] },
  })
const browser = (eventId: string) =>
  send(
    '/e',
    { origin: 'https://shop.example' },
    {
      event: 'Purchase',
      event_id: eventId,
      properties: { value: 5, currency: 'EUR' },
      page: { url: 'https://www.shop.example/thanks' },
    },
  )
const server = (eventId: string) =>
  send(
    '/v1/events',
    { authorization: `Bearer ${key}` },
    { event: 'Purchase', event_id: eventId, user: { email: 'jane@example.com' } },
  )

/** Of the list, by event id. */
async function rowOf(eventId: string, filter = ''): Promise<string> {
  const { text } = await dashboard.get(`/admin/events?site=shop.example&q=${encodeURIComponent(filter)}`)
  const rows = [...text.matchAll(/<tr data-event=([\s\S]*?)<\/tr>/g)].map(([, row = '']) => row)
  return rows.find((row) => row.includes(`class="id">${eventId}<`)) ?? ''
}
const idOf = (row: string) => /^"(\d+)"/.exec(row)?.[1] ?? ''
const keys = { TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key }]) }

describe('events', () => {
  it('that came from browser and server are marked so, in the list, on their page and in the overview', async () => {
    dashboard = await startDashboard(keys)
    await connectDomain(dashboard)
    await browser('both')
    await browser('alone')
    await browser('alone')
    const overview = async () => (await dashboard.get('/admin?site=shop.example')).text
    expect(await overview()).toContain('>Browser only<')
    expect((await server('both')).text).toContain('"duplicates":1')
    expect(await rowOf('both')).toMatch(/badge plain[\s\S]+Browser \+ server/)
    expect(await rowOf('alone')).toContain('alone')
    expect(await rowOf('alone')).not.toContain('Browser + server')
    expect(await rowOf('both', 'source:both')).toContain('Browser + server')
    expect(await rowOf('alone', 'source:both')).toBe('')
    const { text } = await dashboard.get(`/admin/events/${idOf(await rowOf('both'))}`)
    expect(text).toContain('It also came from the server under the same id')
    expect(await overview()).toContain('>Server &amp; browser<')
    // A server that comes first: the browser is the other side then.
    await server('turned')
    await browser('turned')
    const turned = (await dashboard.get(`/admin/events/${idOf(await rowOf('turned'))}`)).text
    expect(turned).toContain('It also came from the browser under the same id')
  })

  it('that something is wrong with say so in the overview, each in its own row', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    const event = (name: string, properties = {}) =>
      send('/e', { origin: 'https://shop.example' }, { event: name, event_id: name, properties })
    await event('Purchase')
    await event('Lead')
    await event('Own')
    const { text } = await dashboard.get('/admin?site=shop.example')
    const row = (name: string) =>
      [...text.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].find(([, cells]) => cells?.includes(`>${name}</a>`))?.[0]
    expect(row('Purchase')).toContain('#value_missing"')
    expect(row('Lead')).toContain('>None<')
    expect(row('Names of your own')).toContain('#event_name_custom"')
    const { text: diagnostics } = await dashboard.get('/admin/diagnostics?site=shop.example')
    expect(diagnostics).toContain('id="value_missing"')
  })

  it('that were delivered name the request; that were sent again say so for good', async () => {
    let refusing = true
    dashboard = await startDashboard({}, (_heard, response) =>
      response.end(refusing ? '{"code":40002,"message":"too old","request_id":"r-1"}' : okBody),
    )
    await connectDomain(dashboard)
    await browser('again')
    await waitFor('the refusal', () => dashboard.tiktok.eventsOf('again')[0])
    const failed = async () => (await rowOf('again', 'status:failed')) || undefined
    let row: string | undefined
    for (let tries = 0; tries < 100 && !row; tries++) row = await failed()
    expect(row).not.toContain('Replay')
    const path = `/admin/events/${idOf(row ?? '')}`
    expect((await dashboard.get('/admin?site=shop.example')).text).toContain('>1 failed<')
    refusing = false
    await dashboard.submitAndFollow(path, 'replay')
    await waitFor('the second try', () => dashboard.tiktok.eventsOf('again')[1])
    let text = ''
    for (let tries = 0; tries < 100 && !text.includes('Delivered'); tries++)
      text = (await dashboard.get(path)).text
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

  it('show on Install where the last one came from', async () => {
    dashboard = await startDashboard()
    await connectDomain(dashboard)
    await browser('first')
    expect((await dashboard.get('/admin/install?site=shop.example')).text).toContain(
      'Purchase from https://www.shop.example',
    )
  })

  it('are looked for where the setting says that the pages are', async () => {
    const site = { domain: 'shop.example', origin: 'http://www.shop.example:8080' }
    dashboard = await startDashboard({ TAGFERRY_SITES: JSON.stringify([site]) })
    const { text } = await dashboard.submitAndFollow('/admin/install', 'verify')
    expect(text).toMatch(
      /href="http:\/\/www\.shop\.example:8080\/\?ttclid=[^"]+"[^>]*>\s*Open my site and check/,
    )
  })
})
