// Tests what happens to an event that TikTok does not accept: it is sent again or fails, and is never lost.
import { createServer, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { each, runConcurrently } from '../support/concurrent-cases.js'
import { listen } from '../support/port.js'
import { readStoredEvents, waitUntilSettled } from '../support/stored-events.js'
import { newId, startTestSystem, type TestSystem } from '../support/test-system.js'
import { okBody, type ReceivedRequest } from '../support/tiktok.js'
import { sleep, waitFor } from '../support/wait.js'

const code = (number: number) =>
  JSON.stringify({ code: number, message: 'canary of TikTok', request_id: 'x' })
const html = '<html><body><h1>502 Bad Gateway</h1></body></html>'
type Respond = (response: ServerResponse) => void
const respond =
  (status: number, text: string, headers: Record<string, string> = {}): Respond =>
  (response) =>
    response.writeHead(status, headers).end(text)

/** Answers after which the event must be sent again. */
const temporary: Record<string, Respond> = {
  html: respond(200, html, { 'content-type': 'text/html' }),
  nothing: respond(200, ''),
  null: respond(200, 'null'),
  list: respond(200, '[]'),
  text: respond(200, '"OK"'),
  ok: respond(200, 'OK'),
  truncated: respond(200, okBody.slice(0, 30)),
  'code-as-text': respond(200, '{"code":"0","message":"OK"}'),
  'no-code': respond(200, '{"message":"OK"}'),
  '204': respond(204, ''),
  '502': respond(502, html),
  '503-with-code-0': respond(503, okBody),
  '500': respond(500, ''),
  '50000': respond(200, code(50_000)),
  '51999': respond(200, code(51_999)),
  '60001': respond(200, code(60_001)),
  '-1': respond(200, code(-1)),
  '40100': respond(200, code(40_100)),
  '429': respond(429, '', { 'retry-after': '1' }),
  '429-nonsense': respond(429, '', { 'retry-after': 'soon' }),
  reset: (response) => response.socket?.destroy(),
  'reset-amid': (response) => {
    response.writeHead(200, { 'content-length': '500' }).write('{"code":0,')
    setTimeout(() => response.socket?.destroy(), 20)
  },
  enormous: respond(200, ' '.repeat(2_000_000) + okBody),
}

/** Answers after which the event must not be sent again. */
const final: Record<string, Respond> = {
  '40002': respond(200, code(40_002)),
  '40000-http-400': respond(400, code(40_000)),
  '49999': respond(200, code(49_999)),
  '404': respond(404, html),
}

const names = [...Object.keys(temporary), ...Object.keys(final), 'redirect', 'poison', 'accepted']
const pixelOf = (name: string) => `CT${String(names.indexOf(name)).padStart(18, '0')}`
const domainOf = (name: string) => `s-${name}.example`

let system: TestSystem
let redirectedRequests = 0
const otherServer = createServer((_, response) => {
  redirectedRequests++
  response.end(okBody)
})
let otherPort: number
const requestsOf = new Map<string, number>()

function answer({ body }: ReceivedRequest, response: ServerResponse) {
  const name = names.find((candidate) => pixelOf(candidate) === body.event_source_id) as string
  const count = (requestsOf.get(name) ?? 0) + 1
  requestsOf.set(name, count)
  if (name === 'redirect') return respond(307, '', { location: `http://localhost:${otherPort}/` })(response)
  const isPoisoned = body.data.some(({ properties }) => properties?.poison)
  if (name === 'poison') return respond(200, isPoisoned ? code(40_002) : okBody)(response)
  if (name in final) return final[name]?.(response)
  if (count === 1 && name in temporary) return temporary[name]?.(response)
  response.end(okBody)
}

beforeAll(async () => {
  otherPort = await listen(otherServer, 'localhost')
  const sites = names.map((name) => ({
    domain: domainOf(name),
    pixelCode: pixelOf(name),
    accessToken: `token-${name}`,
  }))
  system = await startTestSystem({ TAGFERRY_SITES: JSON.stringify(sites), TAGFERRY_API_KEYS: '[]' }, answer)
})
afterAll(async () => {
  otherServer.close()
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
  const again = each('%s once: the same event is sent again', Object.keys(temporary), async (name) => {
    const [eventId = ''] = await post(name)
    expected.set(eventId, 'delivered')
    await waitFor('the second request', () => system.tiktok.eventsOf(eventId).length > 1)
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
    'a refusal of one event: the others of the batch are delivered': async () => {
      const events = Array.from({ length: 20 }, (_, at) => (at === 13 ? { properties: { poison: 1 } } : {}))
      const ids = await post('poison', events)
      ids.forEach((eventId, at) => {
        expected.set(eventId, at === 13 ? 'failed' : 'delivered')
      })
      await waitFor('each of them without the refused one', () => {
        const clean = system.tiktok.requests.filter(
          ({ body }) => !body.data.some(({ properties }) => properties?.poison),
        )
        const sent = new Set(clean.flatMap(({ body }) => body.data.map((event) => event.event_id)))
        return ids.filter((eventId) => sent.has(eventId)).length === 19
      })
    },
    'refusals of other sites: the event of an accepted one is delivered': async () => {
      const [eventId = ''] = await post('accepted')
      expected.set(eventId, 'delivered')
      await system.tiktok.event(eventId)
    },
  })
})

it('every event is stored with its outcome, and no token was sent to another server', async () => {
  await waitUntilSettled(system.collector.dataDir)
  expect(await system.collector.stop()).toBe(0)
  const states = Object.fromEntries(
    readStoredEvents(system.collector.dataDir).map(({ event_id, state }) => [event_id, state]),
  )
  expect(states).toEqual(Object.fromEntries(expected))
  expect(redirectedRequests).toBe(0)
  expect(system.collector.log()).not.toMatch(/canary of TikTok|token-/)
})
