/** Knows the inspector's JSON API: list, one event, wait, clear, order, live. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Kept } from './kept.js'
import { createStandIn, type StandIn } from './stand-in.js'

const TOKEN = '0123456789'.repeat(4)
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const OTHER = 'D2QE402IJJSDR907MLO0'
const TRACK = '/open_api/v1.3/event/track/'

const event = { event: 'Purchase', event_time: 1790000000, event_id: 'Purchase.1001' }
const root = { event_source: 'web', event_source_id: PIXEL, data: [event] }

/** The keys of all answers of the API together. */
interface Told {
  ready: boolean
  events: Kept[]
  found: number
  request: object
  family: Kept[]
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
const sent = (body: object) => fetch(origin + TRACK, { method: 'POST', headers, body: JSON.stringify(body) })
const api = async (path: string, init: RequestInit = {}) =>
  (await (await fetch(`${origin}/inspector/api/${path}`, init)).json()) as Told
const idsOf = (events: Kept[]) => events.map(({ eventId }) => eventId)

test('lists the newest first, filtered and bounded', async () => {
  for (let i = 0; i < 60; i++) await sent({ ...root, data: [{ ...event, event_id: `id-${i}` }] })
  const all = await api('events?limit=3')
  expect(idsOf(all.events)).toEqual(['id-59', 'id-58', 'id-57'])
  expect(all).toMatchObject({ found: 50, limit: 50, pixels: [PIXEL], counts: { counted: 60 } })
  expect((await api('events?q=id-42')).found).toBe(1)
  expect((await api(`events?pixel=${OTHER}`)).found).toBe(0)
  expect((await api('events?event=Purchase')).found).toBe(50)
})

test('one event shows request and answer with the token masked, and its family', async () => {
  await sent(root)
  await sent(root)
  const id = (await api('events')).events[0]?.id
  const one = await api(`events/${id}`)
  expect(one).toMatchObject({ id, payload: event, response: { status: 200, body: { code: 0 } } })
  expect(one.request).toMatchObject({ method: 'POST', path: TRACK, root: { event_source: 'web' } })
  expect(one.family).toHaveLength(2)
  expect(JSON.stringify(one)).not.toContain(TOKEN)
  expect((await fetch(`${origin}/inspector/api/events/999`)).status).toBe(404)
})

test('wait answers as soon as enough was counted', async () => {
  const waiting = api(`wait?pixel=${PIXEL}&event=Purchase&count=2&timeout=5000`)
  await sent(root)
  await sent(root)
  await sent({ ...root, data: [{ ...event, event_time: 1 }] })
  await sent({ ...root, data: [{ ...event, event_id: 'second' }] })
  const result = await waiting
  expect(result.ready).toBe(true)
  expect(idsOf(result.events)).toEqual(['second', 'Purchase.1001'])
})

test('wait says no when the time is over', async () => {
  expect(await api('wait?timeout=20')).toMatchObject({ ready: false, events: [] })
})

test('wait counts the refused when asked for them', async () => {
  await sent({ ...root, data: [{ ...event, event_time: 1 }] })
  expect((await api('wait?q=verdict:rejected&timeout=20')).ready).toBe(true)
})

test('clearing one pixel leaves the other, and forgets what was counted', async () => {
  await sent(root)
  await sent({ ...root, event_source_id: OTHER })
  expect(await api(`events?pixel=${PIXEL}`, { method: 'DELETE' })).toEqual({ cleared: 1 })
  expect((await api('events')).found).toBe(1)
  await sent(root)
  expect(standIn.received.all()[0]).toMatchObject({ duplicate: false })
  await api(`events?pixel=${PIXEL}&ledger=keep`, { method: 'DELETE' })
  await sent(root)
  expect(standIn.received.all()[0]).toMatchObject({ duplicate: true })
})

test('an order that cannot be read is 400 with the problems', async () => {
  const body = JSON.stringify({ answers: [{ kind: 'explode' }] })
  const response = await fetch(`${origin}/inspector/api/answers`, { method: 'PUT', headers, body })
  expect(response.status).toBe(400)
  expect(((await response.json()) as Told).problems).not.toEqual([])
})

test('an open page hears of new events', async () => {
  const response = await fetch(`${origin}/inspector/api/live`)
  await sent(root)
  let heard = ''
  for await (const chunk of response.body ?? []) {
    heard += Buffer.from(chunk).toString()
    if (heard.includes('event: added') && heard.endsWith('\n\n')) break
  }
  expect(heard).toContain('"eventId":"Purchase.1001"')
})
