// Tests the body of a 202: counts, ids, duplicates, and which event replaces which.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

const shop = (...events: object[]) => ({ site: 'shop.example', events })

it('an event without an id gets one, which is in the answer and at TikTok', async () => {
  const before = Math.floor(Date.now() / 1_000)
  const { status, json } = await system.post(shop({ event: 'ViewContent' }))
  const after = Math.ceil(Date.now() / 1_000)
  expect(status).toBe(202)
  const { ids, ...rest } = json as { ids: string[] }
  expect(rest).toEqual({ accepted: 1, duplicates: 0, skipped: [] })
  expect(ids).toEqual([expect.stringMatching(/./)])
  const event = await system.tiktok.event(ids[0] as string)
  expect(event.event).toBe('ViewContent')
  expect(event.event_time).toBeGreaterThanOrEqual(before)
  expect(event.event_time).toBeLessThanOrEqual(after)
})

it('the example of the contract is accepted without changes', async () => {
  const body = {
    site: 'shop.example',
    events: [
      {
        event: 'Purchase',
        event_id: 'Purchase.1001',
        event_time: Math.floor(Date.now() / 1_000) - 60,
        user: {
          email: 'jane@example.com',
          phone: '+1 415 555 1234',
          external_id: 'u-42',
          first_name: 'Jane',
          last_name: 'Doe',
          city: 'San Jose',
          state: 'CA',
          country: 'US',
          zip_code: '95110',
          ttclid: 'E.C.P.abc',
          ttp: '2F7h37YkS1j57AYSKTI7IHhJPYH',
          locale: 'en-US',
        },
        page: { url: 'https://shop.example/thanks?ttclid=E.C.P.abc', referrer: 'https://shop.example/cart' },
        properties: {
          value: 49.9,
          currency: 'USD',
          order_id: '1001',
          contents: [{ content_id: 'sku-1', quantity: 1, price: 49.9 }],
        },
        privacy: {
          gpc: true,
          usp: '1YNN',
          gpp: 'DBAB…',
          gpp_sid: [8],
          consent: 'granted',
          limited_data_use: true,
        },
      },
    ],
    sent_at: Date.now(),
  }
  const { status, json } = await system.post(body)
  expect(status).toBe(202)
  expect(json).toEqual({ accepted: 1, duplicates: 0, skipped: [], ids: ['Purchase.1001'] })
})

it('a numeric id becomes a string', async () => {
  const number = 100_000 + process.pid
  const { json } = await system.post(purchase({ event_id: number }))
  expect(json).toMatchObject({ accepted: 1, ids: [String(number)] })
  expect((await system.tiktok.event(String(number))).event_id).toBe(String(number))
})

it('two numeric ids that JavaScript cannot tell apart are never one event', async () => {
  const post = (digits: string) =>
    system.post(`{"site":"shop.example","events":[{"event":"Purchase","event_id":${digits}}]}`)
  const answers = [await post('1234567890123456781'), await post('1234567890123456782')]
  for (const { status, json } of answers) {
    if (status === 202) expect(json).toMatchObject({ accepted: 1, duplicates: 0 })
    else expect(status).toBe(400)
  }
})

it('an empty id counts as absent', async () => {
  const { json } = await system.post(
    shop({ event: 'Purchase', event_id: '' }, { event: 'Purchase', event_id: '' }),
  )
  expect(json).toMatchObject({ accepted: 2, duplicates: 0 })
})

it('the same id twice in one request is one event and one duplicate', async () => {
  const event = { event: 'Purchase', event_id: newId() }
  const { status, json } = await system.post(shop(event, event))
  expect(status).toBe(202)
  expect(json).toEqual({ accepted: 1, duplicates: 1, skipped: [], ids: [event.event_id, event.event_id] })
})

it('the same id in a second request is a duplicate, and the first event stays', async () => {
  const body = purchase({ properties: { value: 1 } })
  const eventId = body.events[0]?.event_id as string
  await system.post(body)
  const again = await system.post(purchase({ event_id: eventId, properties: { value: 2 } }))
  expect(again.status).toBe(202)
  expect(again.json).toEqual({ accepted: 0, duplicates: 1, skipped: [], ids: [eventId] })
  await system.expectServing()
  await system.tiktok.event(eventId)
  expect(system.tiktok.eventsOf(eventId).map(({ properties }) => properties?.value)).toEqual([1])
})

it('the same id under another name is another event', async () => {
  const eventId = newId()
  const { json } = await system.post(
    shop({ event: 'Purchase', event_id: eventId }, { event: 'Lead', event_id: eventId }),
  )
  expect(json).toMatchObject({ accepted: 2, duplicates: 0 })
})

it.each([
  ['CompletePayment', 'Purchase'],
  ['SubmitForm', 'Lead'],
])('%s and %s of one id are duplicates, because the old name becomes the new one', async (old, current) => {
  const eventId = newId()
  const { json } = await system.post(
    shop({ event: old, event_id: eventId }, { event: current, event_id: eventId }),
  )
  expect(json).toMatchObject({ accepted: 1, duplicates: 1 })
  const second = newId()
  await system.post(shop({ event: current, event_id: second }))
  expect((await system.post(shop({ event: old, event_id: second }))).json).toMatchObject({
    accepted: 0,
    duplicates: 1,
  })
})

it('a site that keeps legacy names keeps CompletePayment and Purchase apart', async () => {
  const eventId = newId()
  const events = ['CompletePayment', 'Purchase'].map((event) => ({ event, event_id: eventId }))
  const headers = { origin: 'https://legacy.example' }
  const { json } = await system.post({ site: 'legacy.example', events }, { headers })
  expect(json).toMatchObject({ accepted: 2, duplicates: 0 })
})

it('one id at two sites is two events', async () => {
  const event = { event: 'Purchase', event_id: newId() }
  await system.post(shop(event))
  const headers = { origin: 'https://other.example' }
  const { json } = await system.post({ site: 'other.example', events: [event] }, { headers })
  expect(json).toMatchObject({ accepted: 1, duplicates: 0 })
})

it('an event with consent replaces the skipped one, in a later request and in the same', async () => {
  const eventId = newId()
  const denied = { event: 'Purchase', event_id: eventId, privacy: { consent: 'denied' } }
  const granted = { event: 'Purchase', event_id: eventId, privacy: { consent: 'granted' } }
  const skipped = [{ event_id: eventId, reason: 'consent' }]
  expect((await system.post(shop(denied))).json).toEqual({ accepted: 0, duplicates: 0, skipped, ids: [] })
  expect((await system.post(shop(denied))).json).toEqual({ accepted: 0, duplicates: 0, skipped, ids: [] })
  expect((await system.post(shop(granted))).json).toEqual({
    accepted: 1,
    duplicates: 0,
    skipped: [],
    ids: [eventId],
  })
  await system.tiktok.event(eventId)
  expect((await system.post(shop(granted))).json).toMatchObject({ accepted: 0, duplicates: 1 })
  const other = newId()
  const both = [denied, granted].map((event) => ({ ...event, event_id: other }))
  const { json } = await system.post(shop(...both))
  expect(json).toEqual({
    accepted: 1,
    duplicates: 0,
    skipped: [{ event_id: other, reason: 'consent' }],
    ids: [other],
  })
  await system.tiktok.event(other)
})

it('one beacon sent 200 times is answered 202 each time and stored once', async () => {
  const body = purchase()
  const eventId = body.events[0]?.event_id as string
  const answers = await Promise.all(Array.from({ length: 200 }, () => system.post(body)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  expect(answers.filter(({ json }) => (json as { accepted: number }).accepted === 1)).toHaveLength(1)
  await system.tiktok.event(eventId)
  await system.expectServing()
  expect(system.tiktok.eventsOf(eventId)).toHaveLength(1)
})
