/** Reads the detail of one event: summary, checks, cURL command, pin, and the export of all events. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Check } from './checks.js'
import type { ReceivedEvent } from './received-event.js'
import { RULES } from './rules.js'
import { createStandIn, type StandIn } from './stand-in.js'

const TOKEN = 'token-1'
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const careful = {
  event: 'Purchase',
  event_time: 1790000000,
  event_id: "it's",
  limited_data_use: false,
  user: { ttclid: 'E.C.P.abc', ip: '203.0.113.7', user_agent: 'Mozilla/5.0' },
  page: { url: 'https://shop.example/thanks' },
  properties: { value: 48, currency: 'USD' },
}

type Detail = ReceivedEvent & {
  summary: string
  checks: Check[]
  family: ReceivedEvent[]
  curl: string
  dashboardUrl: string | null
}

let standIn: StandIn
let origin: string
beforeEach(async () => {
  standIn = createStandIn({
    tokens: { [TOKEN]: [PIXEL] },
    limit: 5,
    dashboardUrl: ({ eventId }) => `http://collector.example/events?q=${eventId}`,
  })
  origin = await standIn.listen()
})
afterEach(() => standIn.close())

const send = async (change: object = {}, more: object = {}) => {
  await fetch(`${origin}/open_api/v1.3/event/track/`, {
    method: 'POST',
    headers: { 'Access-Token': TOKEN, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      event_source: 'web',
      event_source_id: PIXEL,
      ...more,
      data: [{ ...careful, ...change }],
    }),
  })
  return standIn.received.all()[0]?.id ?? ''
}
const api = (path: string, init?: RequestInit) => fetch(`${origin}/inspector/api/${path}`, init)
const detail = async (id: string) => (await (await api(`events/${id}`)).json()) as Detail
const pin = (id: string, pinned: unknown) =>
  api(`events/${id}/pin`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ pinned }),
  })
const results = (checks: Check[], result: Check['result']) =>
  checks.filter((check) => check.result === result).map(({ rule }) => rule)

test('an accepted event has a summary, and passed every rule', async () => {
  const { summary, checks, dashboardUrl } = await detail(await send())
  expect(summary).toBe('Purchase of $48.00 from shop.example was accepted.')
  expect(results(checks, 'passed')).toHaveLength(checks.length)
  expect(checks).toHaveLength(Object.keys(RULES).length - 1)
  expect(checks.map(({ rule }) => rule)).not.toContain('TT-E18')
  expect(dashboardUrl).toBe("http://collector.example/events?q=it's")
})

test('an event with warnings lists the broken rules, and all rules in strict mode', async () => {
  standIn.settings.set(PIXEL, { strict: true })
  const { summary, checks } = await detail(await send({ limited_data_use: undefined, event: 'purchase' }))
  expect(summary).toBe('purchase of $48.00 from shop.example was accepted with 2 warnings.')
  expect(results(checks, 'warned')).toEqual(['TT-W09', 'TT-W17'])
  expect(results(checks, 'passed')).toHaveLength(Object.keys(RULES).length - 2)
})

test('a rejected event passed the earlier rules and did not reach the later ones', async () => {
  const { summary, checks } = await detail(await send({ event_time: '1' }))
  expect(summary).toBe(
    'Purchase of $48.00 from shop.example was rejected with code 40002: data[0].event_time broke TT-E12, ' +
      'event_time in Unix seconds, an integer of 10 digits.',
  )
  expect(results(checks, 'refused')).toEqual(['TT-E12'])
  expect(results(checks, 'passed').at(-1)).toBe('TT-E11')
  expect(results(checks, 'not reached')).toContain('TT-W09')
})

test.each([
  ['a repeat', {}, {}, '; dropped as a repeat of no. 1, so it does not count.'],
  [
    'a test event',
    { event_id: 'b' },
    { test_event_code: 'TEST1' },
    '; a test event, so it stays out of the counts.',
  ],
])('the summary names %s', async (_title, change, more, end) => {
  await send()
  expect((await detail(await send(change, more))).summary).toMatch(new RegExp(`was accepted${end}$`))
})

test('the summary names a simulated answer', async () => {
  standIn.answers.set({ pixel: PIXEL, answers: [{ kind: 'hang', delayMs: 0, next: 1 }] })
  void send().catch(() => {})
  await expect.poll(() => standIn.received.all().length).toBe(1)
  expect((await detail('1')).summary).toBe(
    'Purchase of $48.00 from shop.example was not taken: the answer "hang" had been ordered.',
  )
})

test('the cURL command sends the same event, with the token of the reader', async () => {
  const { curl } = await detail(await send())
  expect(curl).not.toContain(TOKEN)
  // A shell function replaces curl, which some machines lack. It prints the arguments.
  const script = `curl() { for argument in "$@"; do printf '%s\\n' "$argument"; done; }; ${curl}`
  const env = { ...process.env, ACCESS_TOKEN: TOKEN }
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { env })
  const [url, , token, , type, , body] = stdout.split('\n')
  expect([url, token, type]).toEqual([
    `${origin}/open_api/v1.3/event/track/`,
    `Access-Token: ${TOKEN}`,
    'Content-Type: application/json',
  ])
  expect(JSON.parse(body ?? '')).toEqual({ event_source: 'web', event_source_id: PIXEL, data: [careful] })
})

test('a pinned event is kept by Clear and beyond the limit, until it is unpinned', async () => {
  const id = await send()
  expect((await pin(id, true)).status).toBe(204)
  for (let i = 0; i < 9; i++) await send({ event_id: `id-${i}` })
  expect(standIn.received.all()).toHaveLength(5)
  await api('events', { method: 'DELETE' })
  expect(standIn.received.all()).toMatchObject([{ id, pinned: true }])
  await pin(id, false)
  await api('events', { method: 'DELETE' })
  expect(standIn.received.all()).toEqual([])
  expect((await pin(id, true)).status).toBe(404)
  expect((await pin(id, 'yes')).status).toBe(400)
})

test('clearing by a query keeps the other events, the counts and the ledger', async () => {
  await send()
  await send({ event: 'Lead' })
  expect(await (await api('events?q=event:Lead', { method: 'DELETE' })).json()).toEqual({ cleared: 1 })
  expect(standIn.received.counts()).toMatchObject({ counted: 2 })
  expect(await detail(await send({ event: 'Lead' }))).toMatchObject({ duplicate: true })
})

test('the export has the matching events, one a line', async () => {
  await send()
  await send({ event: 'Lead' })
  const response = await api('events.ndjson?q=event:Lead')
  expect(response.headers.get('content-type')).toContain('ndjson')
  expect(response.headers.get('content-disposition')).toContain('events.ndjson')
  const lines = (await response.text()).split('\n')
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'Lead', payload: { event: 'Lead' } })
})
