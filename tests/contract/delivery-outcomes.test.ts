// Knows what becomes of an event when TikTok does not say yes: neither lost nor called delivered.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { each, runConcurrently } from '../support/concurrent-cases.js'
import { sleep, until } from '../support/http.js'
import { readStoredEvents } from '../support/stored-events.js'
import { newId, startTestSystem, type TestSystem } from '../support/test-system.js'
import { okBody, type ReceivedRequest } from '../support/tiktok.js'

const code = (number: number) =>
  JSON.stringify({ code: number, message: 'canary of TikTok', request_id: 'x' })
const html = '<html><body><h1>502 Bad Gateway</h1></body></html>'
type Say = (response: ServerResponse) => void
const say =
  (status: number, text: string, headers: Record<string, string> = {}): Say =>
  (response) =>
    response.writeHead(status, headers).end(text)

/** A first answer after which the event must come again. */
const passing: Record<string, Say> = {
  html: say(200, html, { 'content-type': 'text/html' }),
  nothing: say(200, ''),
  null: say(200, 'null'),
  list: say(200, '[]'),
  text: say(200, '"OK"'),
  ok: say(200, 'OK'),
  truncated: say(200, okBody.slice(0, 30)),
  'code-as-text': say(200, '{"code":"0","message":"OK"}'),
  'no-code': say(200, '{"message":"OK"}'),
  '204': say(204, ''),
  '502': say(502, html),
  '503-with-code-0': say(503, okBody),
  '500': say(500, ''),
  '50000': say(200, code(50_000)),
  '51999': say(200, code(51_999)),
  '60001': say(200, code(60_001)),
  '-1': say(200, code(-1)),
  '40100': say(200, code(40_100)),
  '429': say(429, '', { 'retry-after': '1' }),
  '429-nonsense': say(429, '', { 'retry-after': 'soon' }),
  reset: (response) => response.socket?.destroy(),
  'reset-amid': (response) => {
    response.writeHead(200, { 'content-length': '500' }).write('{"code":0,')
    setTimeout(() => response.socket?.destroy(), 20)
  },
  enormous: say(200, ' '.repeat(2_000_000) + okBody),
}

/** Answers that mean: this event, never again. */
const final: Record<string, Say> = {
  '40002': say(200, code(40_002)),
  '40000-http-400': say(400, code(40_000)),
  '49999': say(200, code(49_999)),
  '404': say(404, html),
}

const names = [...Object.keys(passing), ...Object.keys(final), 'redirect', 'poison', 'honest']
const pixelOf = (name: string) => `CT${String(names.indexOf(name)).padStart(18, '0')}`
const domainOf = (name: string) => `s-${name}.example`

let system: TestSystem
let eavesdropped = 0
const elsewhere = createServer((_, response) => {
  eavesdropped++
  response.end(okBody)
})
const seen = new Map<string, number>()

function answer({ body }: ReceivedRequest, response: ServerResponse) {
  const name = names.find((one) => pixelOf(one) === body.event_source_id) as string
  const count = (seen.get(name) ?? 0) + 1
  seen.set(name, count)
  const { port } = elsewhere.address() as AddressInfo
  if (name === 'redirect') return say(307, '', { location: `http://localhost:${port}/` })(response)
  const isPoisoned = body.data.some(({ properties }) => properties?.poison)
  if (name === 'poison') return say(200, isPoisoned ? code(40_002) : okBody)(response)
  if (name in final) return final[name]?.(response)
  if (count === 1 && name in passing) return passing[name]?.(response)
  response.end(okBody)
}

beforeAll(async () => {
  await new Promise<void>((resolve) => elsewhere.listen(0, 'localhost', resolve))
  const sites = names.map((name) => ({
    domain: domainOf(name),
    pixelCode: pixelOf(name),
    accessToken: `token-${name}`,
  }))
  system = await startTestSystem({ TAGFERRY_SITES: JSON.stringify(sites), TAGFERRY_API_KEYS: '[]' }, answer)
})
afterAll(async () => {
  elsewhere.close()
  await system.tiktok.close()
})

async function post(name: string, events: object[] = [{}]) {
  const body = {
    site: domainOf(name),
    events: events.map((over) => ({ event: 'Purchase', event_id: newId(), ...over })),
  }
  const headers = { origin: `https://${domainOf(name)}` }
  const { json } = await system.post(body, { headers })
  expect(json).toMatchObject({ accepted: events.length })
  return body.events.map(({ event_id }) => event_id)
}

const expected = new Map<string, string>()

describe('TikTok answers', () => {
  const again = each('%s once: the same event comes again', Object.keys(passing), async (name) => {
    const [eventId = ''] = await post(name)
    expected.set(eventId, 'delivered')
    await until(
      'it comes again',
      () => (system.tiktok.eventsOf(eventId).length > 1 ? true : undefined),
      12_000,
    )
    const [first, second] = system.tiktok.eventsOf(eventId)
    expect(second).toEqual(first)
    await sleep(300)
    expect(system.tiktok.eventsOf(eventId)).toHaveLength(2)
  })

  const never = each('%s: the event is not sent again', [...Object.keys(final), 'redirect'], async (name) => {
    const [eventId = ''] = await post(name)
    expected.set(eventId, 'failed')
    await system.tiktok.event(eventId)
    await sleep(2_500)
    expect(system.tiktok.eventsOf(eventId)).toHaveLength(1)
  })

  runConcurrently({
    ...again,
    ...never,
    'no to one bad event: its neighbours are delivered': async () => {
      const events = Array.from({ length: 20 }, (_, at) => (at === 13 ? { properties: { poison: 1 } } : {}))
      const ids = await post('poison', events)
      ids.forEach((eventId, at) => {
        expected.set(eventId, at === 13 ? 'failed' : 'delivered')
      })
      await until('each neighbour comes without it', () => {
        const clean = system.tiktok.requests.filter(
          ({ body }) => !body.data.some(({ properties }) => properties?.poison),
        )
        const got = new Set(clean.flatMap(({ body }) => body.data.map((event) => event.event_id)))
        return ids.filter((eventId) => got.has(eventId)).length === 19 || undefined
      })
    },
    "no to others: the honest one's event is delivered at once": async () => {
      const [eventId = ''] = await post('honest')
      expected.set(eventId, 'delivered')
      await system.tiktok.event(eventId, 2_000)
    },
  })
})

it('in the end each is written down as what it was, and no token went elsewhere', async () => {
  await sleep(200)
  expect(await system.collector.stop()).toBe(0)
  const states = Object.fromEntries(
    readStoredEvents(system.collector.dataDir).map(({ event_id, state }) => [event_id, state]),
  )
  expect(states).toEqual(Object.fromEntries(expected))
  expect(eavesdropped).toBe(0)
  expect(system.collector.log()).not.toMatch(/canary of TikTok|token-/)
})
