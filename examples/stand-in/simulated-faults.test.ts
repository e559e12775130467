/** Sends a request to each simulated answer, and checks what the sender sees and what is counted. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Answer } from './answers.js'
import { createStandIn } from './stand-in.js'

const TOKEN = '0123456789'.repeat(4)
const PIXEL = 'CHRTV0567FRME7OQ5DI0'
const standIn = createStandIn({ tokens: { [TOKEN]: [PIXEL] } })
let origin = ''
beforeAll(async () => {
  origin = await standIn.listen()
})
afterEach(() => {
  standIn.answers.clear()
  standIn.received.clear()
  standIn.ledger.clear()
})
afterAll(() => standIn.close())

const root = {
  event_source: 'web',
  event_source_id: PIXEL,
  data: [{ event: 'Lead', event_time: 1790000000, event_id: 'a' }],
}

/** Status, body and headers; or the cause of the error, `late` after a timeout. */
const send = async (timeoutMs = 10_000) => {
  const startedAt = performance.now()
  try {
    const response = await fetch(`${origin}/open_api/v1.3/event/track/`, {
      method: 'POST',
      headers: { 'Access-Token': TOKEN, 'Content-Type': 'application/json' },
      body: JSON.stringify(root),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body = await response.text()
    const tookMs = performance.now() - startedAt
    return { status: response.status, body, retryAfter: response.headers.get('retry-after'), tookMs }
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } }
    return { failed: name === 'TimeoutError' ? 'late' : (cause?.code ?? name) }
  }
}

const cases: [title: string, answer: Answer, expected: object, counted: number][] = [
  [
    'a code',
    { kind: 'code', code: 40100 },
    { status: 200, body: expect.stringContaining('"code":40100') },
    0,
  ],
  ['a code under a status', { kind: 'code', code: 50000, status: 503 }, { status: 503 }, 0],
  [
    'partial success, taken',
    { kind: 'code', code: 20001, taken: true },
    { body: expect.stringContaining('20001') },
    1,
  ],
  ['HTML', { kind: 'http' }, { status: 502, body: expect.stringContaining('<html>') }, 0],
  ['HTML after the request was taken', { kind: 'http', taken: true }, { status: 502 }, 1],
  ['nothing', { kind: 'http', status: 200, body: 'empty' }, { status: 200, body: '' }, 0],
  [
    'an HTTP status with an envelope',
    { kind: 'http', status: 500, body: 'json' },
    { status: 500, body: expect.stringContaining('"code":50000') },
    0,
  ],
  [
    '429 with Retry-After',
    { kind: 'http', status: 429, body: 'text', retryAfter: 7 },
    { status: 429, retryAfter: '7' },
    0,
  ],
  ['429 without', { kind: 'http', status: 429 }, { status: 429, retryAfter: null }, 0],
  ['a hang', { kind: 'hang' }, { failed: 'late' }, 0],
  ['a cut before', { kind: 'reset' }, { failed: 'ECONNRESET' }, 0],
  ['a cut after', { kind: 'reset', taken: true }, { failed: 'ECONNRESET' }, 1],
  ['a drip', { kind: 'drip', everyMs: 1 }, { status: 200, body: expect.stringContaining('"code":0') }, 1],
  ['a drip that is too slow', { kind: 'drip', everyMs: 5000 }, { failed: 'late' }, 1],
  ['a delay', { kind: 'normal', delayMs: 120 }, { status: 200 }, 1],
  ['a delay that is too long', { kind: 'normal', delayMs: 60_000 }, { failed: 'late' }, 1],
]

test.each(cases)('%s', async (_title, answer, expected, counted) => {
  standIn.answers.set({ pixel: PIXEL, answers: [answer] })
  const seen = await send('failed' in expected && expected.failed === 'late' ? 1000 : undefined)
  expect(seen).toMatchObject(expected)
  expect(standIn.received.counts()).toMatchObject({ counted, rejected: 1 - counted })
  expect(standIn.received.all()[0]?.fault).not.toBeNull()
  if (answer.delayMs && seen.tookMs) expect(seen.tookMs).toBeGreaterThan(answer.delayMs - 10)
})

test('a retry after a cut is a duplicate, not a second event', async () => {
  standIn.answers.set({ pixel: '*', answers: [{ kind: 'reset', taken: true, next: 1 }] })
  expect(await send()).toEqual({ failed: 'ECONNRESET' })
  expect(await send()).toMatchObject({ status: 200 })
  expect(standIn.received.counts()).toMatchObject({ counted: 1, duplicates: 1 })
})

test('the list has the code of the simulated answer', async () => {
  standIn.answers.set({ pixel: '*', answers: [{ kind: 'code', code: 40105, next: 1 }] })
  await send()
  expect(standIn.received.all()[0]).toMatchObject({ code: 40105, verdict: 'rejected', fault: 'code 40105' })
})
