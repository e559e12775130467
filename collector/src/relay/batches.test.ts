import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HashedEvent } from '../event.js'
import type { Delivery } from '../store/store.js'
import { hourMs } from '../time.js'
import { divide, type Prepared, prepare, release } from './batches.js'

const now = 1_795_400_000_000

const deliveries = (count: number, event: Partial<HashedEvent> = {}): Delivery[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    attempts: 0,
    event: {
      event: 'Lead',
      eventTime: now / 1_000,
      receivedAt: now - 1_000 + index,
      ...event,
    } as HashedEvent,
  }))
const idsOf = (batch: readonly Prepared[]) => batch.map(({ id }) => id)

describe('claimed deliveries', () => {
  const map = ({ event }: HashedEvent) => (event === 'Search' ? undefined : { name: event })

  it.each([
    ['that are due are sent', {}, {}, undefined],
    ['without a format at the vendor are skipped', {}, { event: 'Search' }, ['skipped', 'unmappable']],
    [
      'that the vendor may have counted 47 h ago fail',
      { ambiguousAt: now - 47 * hourMs - 1 },
      {},
      ['failed', 'outcome unknown'],
    ],
    [
      'that are 28 days old fail',
      {},
      { eventTime: now / 1_000 - 28 * 86_400 - 1 },
      ['failed', 'older than 28 days'],
    ],
    [
      'that expired are not mapped',
      { ambiguousAt: now - 48 * hourMs },
      { event: 'Search' },
      ['failed', 'outcome unknown'],
    ],
  ])('%s', (_title, delivery, event, expected) => {
    const { batch, settlements } = prepare(
      deliveries(1, event).map((claimed) => ({ ...claimed, ...delivery })),
      map,
      now,
    )
    expect(settlements.map(({ state, reason }) => [state, reason])).toEqual(expected ? [expected] : [])
    expect(idsOf(batch)).toEqual(expected ? [] : [1])
  })

  it('that are released keep their position, which is never in the future', () => {
    const two = prepare(deliveries(2), map, now).batch
    expect(release(two, now - 1_000)).toEqual([
      { id: 1, state: 'pending', dueAt: now - 1_000 },
      { id: 2, state: 'pending', dueAt: now - 1_000 },
    ])
    expect(release(two, now).map(({ dueAt }) => dueAt)).toEqual([now - 1_000, now - 999])
  })

  it('that cannot be mapped or written as JSON fail alone, with a reason', () => {
    const circular: { self?: object } = {}
    circular.self = circular
    const results: Record<string, () => object> = {
      Lead: () => ({ name: 'Lead' }),
      Circular: () => circular,
      BigInt: () => ({ value: 1n }),
      Throws: () => {
        throw new Error('a bug')
      },
    }
    const names = ['Lead', 'Circular', 'BigInt', 'Throws', 'Lead']
    const claimed = names.flatMap((event, index) =>
      deliveries(1, { event }).map((one) => ({ ...one, id: index })),
    )
    const { batch, settlements } = prepare(claimed, ({ event }) => results[event]?.(), now)
    expect(idsOf(batch)).toEqual([0, 4])
    const failed = { state: 'failed', reason: 'cannot be put into a request' }
    expect(settlements).toEqual([1, 2, 3].map((id) => ({ id, ...failed })))
  })
})

describe('requests', () => {
  const preparedOf = (sizes: readonly { bytes: number; code?: string | undefined }[]): Prepared[] =>
    sizes.map(({ bytes, code }, id) => ({
      id,
      receivedAt: now,
      ...(code !== undefined && { testEventCode: code }),
      json: 'x'.repeat(bytes),
      bytes,
    }))
  const frame = (code = '') => `{"code":"${code}","data":[]}`
  const bodyOf = (batch: readonly Prepared[]) =>
    frame(batch[0]?.testEventCode).replace('[]', `[${batch.map(({ json }) => json).join(',')}]`)
  const size = { events: 5, bytes: 100 }
  const divided = (batch: readonly Prepared[]) => divide(batch, (code) => frame(code).length, size)

  it('have as many events as fit, and a larger event goes alone', () => {
    const sizes = [10, 10, 10, 10, 10, 10, 30, 40, 39, 500, 1].map((bytes) => ({ bytes }))
    expect(divided(preparedOf(sizes)).map(idsOf)).toEqual([[0, 1, 2, 3, 4], [5, 6], [7], [8], [9], [10]])
  })

  it('may have exactly the largest size', () => {
    const room = size.bytes - frame().length
    const exact = preparedOf([{ bytes: 10 }, { bytes: room - 11 }])
    expect(
      divided(exact)
        .map(bodyOf)
        .map((body) => body.length),
    ).toEqual([100])
    expect(divided(preparedOf([{ bytes: 10 }, { bytes: room - 10 }])).map(idsOf)).toEqual([[0], [1]])
  })

  it('have one test code each', () => {
    const codes = [undefined, 'TEST1', undefined, 'TEST2', 'TEST1']
    const batches = divided(preparedOf(codes.map((code) => ({ bytes: 1, code }))))
    expect(batches.map(idsOf)).toEqual([[0, 2], [1, 4], [3]])
  })

  it('hold each event once, in order, within the limits', () => {
    const any = fc.record({
      bytes: fc.integer({ min: 1, max: 120 }),
      code: fc.constantFrom(undefined, 'TEST1'),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (sizes) => {
        const batches = divided(preparedOf(sizes))
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(size.events)
          if (batch.length > 1) expect(bodyOf(batch).length).toBeLessThanOrEqual(size.bytes)
          expect(new Set(batch.map(({ testEventCode }) => testEventCode)).size).toBe(1)
        }
        for (const code of [undefined, 'TEST1']) {
          const ofCode = batches.flat().filter(({ testEventCode }) => testEventCode === code)
          expect(idsOf(ofCode)).toEqual(sizes.flatMap((one, id) => (one.code === code ? [id] : [])))
        }
      }),
    )
  })
})
