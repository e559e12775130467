// Knows that the oracle can fail: what is planted is found.
import { describe, expect, it } from 'vitest'
import { openData, readStored } from '../chaos/data.js'
import { auditLedger, type EventState } from '../chaos/ledger.js'
import { startSink } from '../chaos/sink.js'
import { temporaryDir } from '../support/temporary.js'

const stored = (fates: Record<string, EventState>) => ({
  fates: new Map(Object.entries(fates)),
  integrity: 'ok',
})

describe('judge', () => {
  it('keeps to what a 202 promised, whatever became of it', () => {
    const fates = stored({ a: 'delivered', b: 'pending', c: 'failed', d: 'skipped', more: 'pending' })
    expect(auditLedger(new Set(['a', 'b', 'c', 'd']), fates, new Set(['a']))).toMatchObject({
      lost: [],
      invented: [],
    })
  })

  it('finds what was never stored, and what has neither a delivery nor a reason for that', () => {
    const { lost } = auditLedger(new Set(['a', 'b']), stored({ a: 'nothing' }), new Set())
    expect(lost).toEqual(['a', 'b'])
  })

  it('finds what is called delivered and was not sent', () => {
    expect(auditLedger(new Set(), stored({ a: 'delivered' }), new Set()).falselyDelivered).toEqual(['a'])
  })
})

describe('the sink', () => {
  const event = { event: 'Purchase', event_id: 'a', event_time: 1 }
  const post = (origin: string, ...data: object[]) =>
    fetch(origin, { method: 'POST', body: JSON.stringify({ event_source_id: 'C1', data }) })

  it('books a repeat once, and notices one that TikTok would count twice', async () => {
    const sink = await startSink()
    await post(sink.origin, event)
    await post(sink.origin, event)
    expect([sink.booked.size, sink.extraSends(), sink.netDuplicates()]).toEqual([1, 1, 0])
    await post(sink.origin, { ...event, event_time: 2 })
    expect(sink.netDuplicates()).toBe(1)
    await sink.down()
  })

  it('books nothing that it refuses', async () => {
    const sink = await startSink()
    sink.answer = () => ({ code: 40002 })
    await post(sink.origin, event)
    expect(sink.booked.size).toBe(0)
    await sink.down()
  })
})

it('an empty folder holds nothing, so that everything in the ledger is lost', async () => {
  const dir = temporaryDir()
  const found = await readStored(await openData('sqlite', dir))
  expect(auditLedger(new Set(['a']), found, new Set()).lost).toEqual(['a'])
})
