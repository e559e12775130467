/** Calls the inspector's JSON API: list, one event, wait, clear, answers, live stream. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ReceivedEvent } from './received-event.js'
import { createStandIn, type StandIn } from './stand-in.js'

const TOKEN = '0123456789'.repeat(4)
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const OTHER = 'D2QE402IJJSDR907MLO0'
const TRACK = '/open_api/v1.3/event/track/'

const event = { event: 'Purchase', event_time: 1790000000, event_id: 'Purchase.1001' }
const root = { event_source: 'web', event_source_id: PIXEL, data: [event] }

/** The keys of all responses of the API together. */
interface ApiResponse {
  ready: boolean
  events: ReceivedEvent[]
  found: number
  request: object
  family: ReceivedEvent[]
  problems: string[]
}

let standIn: StandIn
let origin: string
beforeEach(async () => {
  standIn = createStandIn({ tokens: { [TOKEN]: [PIXEL, OTHER] }, limit: 50 })
  origin = await standIn.listen()
})
afterEach(() => standIn.close())

const headers = { 'Access-Token': TOKEN, 'Content-Type': 'application/json' }
const send = (body: object) => fetch(origin + TRACK, { method: 'POST', headers, body: JSON.stringify(body) })
const api = async (path: string, init: RequestInit = {}) =>
  (await (await fetch(`${origin}/inspector/api/${path}`, init)).json()) as ApiResponse
const idsOf = (events: ReceivedEvent[]) => events.map(({ eventId }) => eventId)

test('the list is newest first, filtered and limited', async () => {
  for (let i = 0; i < 60; i++) await send({ ...root, data: [{ ...event, event_id: `id-${i}` }] })
  const all = await api('events?limit=3')
  expect(idsOf(all.events)).toEqual(['id-59', 'id-58', 'id-57'])
  expect(all).toMatchObject({ found: 50, limit: 50, pixels: [PIXEL], counts: { counted: 60 } })
  expect((await api('events?q=id-42')).found).toBe(1)
  expect((await api(`events?pixel=${OTHER}`)).found).toBe(0)
  expect((await api('events?event=Purchase')).found).toBe(50)
})

test('one event has its request and response with a masked token, and its copies', async () => {
  await send(root)
  await send(root)
  const id = (await api('events')).events[0]?.id
  const detail = await api(`events/${id}`)
  expect(detail).toMatchObject({ id, payload: event, response: { status: 200, body: { code: 0 } } })
  expect(detail.request).toMatchObject({ method: 'POST', path: TRACK, root: { event_source: 'web' } })
  expect(detail.family).toHaveLength(2)
  expect(JSON.stringify(detail)).not.toContain(TOKEN)
  expect((await fetch(`${origin}/inspector/api/events/999`)).status).toBe(404)
})

test('wait responds once enough events are counted', async () => {
  const waiting = api(`wait?pixel=${PIXEL}&event=Purchase&count=2&timeout=5000`)
  await send(root)
  await send(root)
  await send({ ...root, data: [{ ...event, event_time: 1 }] })
  await send({ ...root, data: [{ ...event, event_id: 'second' }] })
  const result = await waiting
  expect(result.ready).toBe(true)
  expect(idsOf(result.events)).toEqual(['second', 'Purchase.1001'])
})

test('wait responds with ready false after the timeout', async () => {
  expect(await api('wait?timeout=20')).toMatchObject({ ready: false, events: [] })
})

test('wait counts refused events when the query names the verdict', async () => {
  await send({ ...root, data: [{ ...event, event_time: 1 }] })
  expect((await api('wait?q=verdict:rejected&timeout=20')).ready).toBe(true)
})

test('clearing one pixel keeps the other, and forgets the counted events', async () => {
  await send(root)
  await send({ ...root, event_source_id: OTHER })
  expect(await api(`events?pixel=${PIXEL}`, { method: 'DELETE' })).toEqual({ cleared: 1 })
  expect((await api('events')).found).toBe(1)
  await send(root)
  expect(standIn.received.all()[0]).toMatchObject({ duplicate: false })
  await api(`events?pixel=${PIXEL}&ledger=keep`, { method: 'DELETE' })
  await send(root)
  expect(standIn.received.all()[0]).toMatchObject({ duplicate: true })
})

test('invalid answers are 400 with the problems', async () => {
  const body = JSON.stringify({ answers: [{ kind: 'explode' }] })
  const response = await fetch(`${origin}/inspector/api/answers`, { method: 'PUT', headers, body })
  expect(response.status).toBe(400)
  expect(((await response.json()) as ApiResponse).problems).not.toEqual([])
})

test('an open page receives new events', async () => {
  const response = await fetch(`${origin}/inspector/api/live`)
  await send(root)
  let received = ''
  for await (const chunk of response.body ?? []) {
    received += Buffer.from(chunk).toString()
    if (received.includes('event: added') && received.endsWith('\n\n')) break
  }
  expect(received).toContain('"eventId":"Purchase.1001"')
})
