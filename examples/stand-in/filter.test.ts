/** Matches one event with each term of a query. */
import { expect, test } from 'vitest'
import { createFilter } from './filter.js'
import { type ReceivedEvent, readEvent } from './received-event.js'
import { createFinding } from './rules.js'

const event = {
  event: 'Purchase',
  event_id: 'Purchase.1001',
  limited_data_use: true,
  user: {
    ttclid: 'E.C.P.abc',
    email: 'a'.repeat(64),
    phone: 'plain',
    ip: '203.0.113.7',
    user_agent: 'Mozilla/5.0',
  },
  page: { url: 'https://shop.example:8080/thanks' },
  properties: { value: 49.9, currency: 'USD' },
}
const received: ReceivedEvent = {
  ...readEvent({ event_source_id: 'CPIXEL', test_event_code: 'TEST1', data: [event] }, event),
  id: '7',
  channel: 'server',
  dedup: 'dropped',
  pinned: true,
  receivedAt: '2026-01-01T00:00:00.000Z',
  requestId: 'R',
  index: 0,
  verdict: 'warned',
  duplicate: true,
  duplicateOf: '3',
  findings: [createFinding('TT-W04', 'data[0].user.phone', 'plain')],
  code: 0,
  fault: null,
  tookMs: 1,
}

test.each([
  ['', true],
  ['event:Purchase', true],
  ['event:purchase', false],
  ['pixel:CPIXEL', true],
  ['pixel:CP', false],
  ['id:Purchase.1001', true],
  ['host:shop.example:8080', true],
  ['code:0', true],
  ['code:40002', false],
  ['verdict:warned', true],
  ['verdict:rejected', false],
  ['rule:TT-W04', true],
  ['rule:TT-W05', false],
  ['key:email', true],
  ['key:click', true],
  ['key:phone', false],
  ['key:ttp', false],
  ['key:nonsense', false],
  ['ldu:yes', true],
  ['ldu:no', false],
  ['test:yes', true],
  ['duplicate:no', false],
  ['dedup:dropped', true],
  ['dedup:merged', false],
  ['channel:server', true],
  ['channel:browser', false],
  ['pinned:yes', true],
  ['e.c.p.ABC', true],
  ['nowhere', false],
  ['constructor:x', false],
  ['event:Purchase ldu:no', false],
  ['event:Purchase  abc', true],
])('%j: %s', (q, found) => {
  expect(createFilter({ q })(received)).toBe(found)
})

test('pixel and event parameters must match too', () => {
  expect(createFilter({ pixel: 'CPIXEL', event: 'Purchase' })(received)).toBe(true)
  expect(createFilter({ pixel: 'OTHER' })(received)).toBe(false)
  expect(createFilter({ event: 'Lead' })(received)).toBe(false)
})

test('match keys are sent, missing or malformed', () => {
  expect(received.keys).toEqual({
    click: 'sent',
    mail: 'sent',
    phone: 'malformed',
    id: 'missing',
    ttp: 'missing',
    ipUa: 'sent',
  })
})
