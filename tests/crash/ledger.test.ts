// Checks that the audit of the chaos experiments can fail: planted losses and duplicates are found.
import { describe, expect, it } from 'vitest'
import { openData, readStored } from '../chaos/data.js'
import { auditLedger, type EventState } from '../chaos/ledger.js'
import { startSink } from '../chaos/sink.js'
import { temporaryDir } from '../support/temporary.js'

const stored = (states: Record<string, EventState>) => ({
  states: new Map(Object.entries(states)),
  integrity: 'ok',
})

describe('the audit', () => {
  it('finds no loss if every acknowledged event is stored, in any state', () => {
    const states = stored({ a: 'delivered', b: 'pending', c: 'failed', d: 'skipped', more: 'pending' })
    expect(auditLedger(new Set(['a', 'b', 'c', 'd']), states, new Set(['a']))).toMatchObject({
      lost: [],
      falselyDelivered: [],
    })
  })

  it('finds events that were never stored, or that have neither a delivery nor a skip reason', () => {
    const { lost } = auditLedger(new Set(['a', 'b']), stored({ a: 'missing' }), new Set())
    expect(lost).toEqual(['a', 'b'])
  })

  it('finds events that are called delivered and were never sent', () => {
    expect(auditLedger(new Set(), stored({ a: 'delivered' }), new Set()).falselyDelivered).toEqual(['a'])
  })
})

describe('the sink', () => {
  const event = { event: 'Purchase', event_id: 'a', event_time: 1 }
  const post = (origin: string, ...data: object[]) =>
    fetch(origin, { method: 'POST', body: JSON.stringify({ event_source_id: 'C1', data }) })

  it('books a repeat once, and finds one that TikTok would count twice', async () => {
    const sink = await startSink()
    await post(sink.origin, event)
    await post(sink.origin, event)
    expect([sink.booked.size, sink.extraSends(), sink.netDuplicates()]).toEqual([1, 1, 0])
    await post(sink.origin, { ...event, event_time: 2 })
    expect(sink.netDuplicates()).toBe(1)
    await sink.down()
  })

  it('books no event that it refuses', async () => {
    const sink = await startSink()
    sink.answer = () => ({ code: 40002 })
    await post(sink.origin, event)
    expect(sink.booked.size).toBe(0)
    await sink.down()
  })
})

it('with an empty folder every acknowledged event is lost', async () => {
  const dir = temporaryDir()
  const found = await readStored(await openData('sqlite', dir))
  expect(auditLedger(new Set(['a']), found, new Set()).lost).toEqual(['a'])
})
