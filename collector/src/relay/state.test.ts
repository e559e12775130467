import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HashedEvent } from '../event.js'
import type { Settlement } from '../store/store.js'
import { dayMs, hourMs, minuteMs } from '../time.js'
import type { Outcome } from '../vendors/vendor.js'
import {
  type Answer,
  afterStoreError,
  claimLimit,
  type Decision,
  initialState,
  type Moment,
  maySend,
  next,
  type Prepared,
  prepare,
  release,
  type WorkerState,
} from './state.js'

const now = 1_795_400_000_000

function deliveries(count: number, event: Partial<HashedEvent> = {}) {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    attempts: 0,
    event: {
      event: 'Lead',
      eventTime: now / 1_000,
      receivedAt: now - 1_000 + index,
      ...event,
    } as HashedEvent,
  }))
}
const batchOf = (count: number): Prepared[] =>
  deliveries(count).map((delivery) => ({ delivery, mapped: { of: delivery.id } }))
const idsOf = (batch: readonly Prepared[]) => batch.map(({ delivery: { id } }) => id)
const settlementsOf = (decision: Decision): Settlement[] =>
  decision.kind === 'split' ? [] : decision.settlements

const moment: Moment = { now, uptime: 50_000, random: 0.5 }
const ok: WorkerState = { failures: 0, failingSince: 0, notBefore: 40_000 }
const failing: WorkerState = { failures: 3, failingSince: 30_000, notBefore: 40_000 }

interface Row {
  title: string
  state?: WorkerState
  batch?: number
  isProbe?: boolean
  outcome: Outcome
  expected: { state: Partial<WorkerState>; decision: object }
}

/** The state before is `ok`, and the batch has one delivery, where a row does not say otherwise. */
const table: Row[] = [
  {
    title: 'delivers a batch',
    batch: 2,
    outcome: { kind: 'delivered' },
    expected: {
      state: ok,
      decision: {
        kind: 'settle',
        settlements: [
          { id: 1, state: 'delivered' },
          { id: 2, state: 'delivered' },
        ],
        isPauseOver: false,
        isAlert: false,
      },
    },
  },
  {
    title: 'ends a series of failures with a delivery',
    state: failing,
    outcome: { kind: 'delivered' },
    expected: { state: { failures: 0, notBefore: 40_000 }, decision: { kind: 'settle' } },
  },
  {
    title: 'ends a series of failures with a refused event',
    state: failing,
    outcome: { kind: 'refused', message: 'no' },
    expected: {
      state: { failures: 0, notBefore: 40_000 },
      decision: { kind: 'settle', settlements: [{ id: 1, state: 'failed', reason: 'no' }] },
    },
  },
  {
    title: 'gives a refused event a reason where the vendor gives none',
    outcome: { kind: 'refused' },
    expected: { state: ok, decision: { settlements: [{ id: 1, state: 'failed', reason: 'refused' }] } },
  },
  {
    title: 'halves a refused batch',
    batch: 3,
    outcome: { kind: 'refused', code: 40002 },
    expected: { state: ok, decision: { kind: 'split', batches: [[{}, {}], [{}]] } },
  },
  {
    title: 'separates the event that the vendor reports',
    batch: 3,
    outcome: { kind: 'refused', code: 40002, invalidIndexes: [1] },
    expected: {
      state: ok,
      decision: {
        kind: 'split',
        batches: [[{ delivery: { id: 2 } }], [{ delivery: { id: 1 } }, { delivery: { id: 3 } }]],
      },
    },
  },
  {
    title: 'keeps a series of failures when it splits a batch',
    state: failing,
    batch: 2,
    outcome: { kind: 'refused' },
    expected: { state: failing, decision: { kind: 'split' } },
  },
  {
    title: 'waits up to 1 s after a first failure',
    outcome: { kind: 'not_sent' },
    expected: {
      state: { failures: 1, failingSince: 50_000, notBefore: 50_500 },
      decision: {
        kind: 'settle',
        settlements: [{ id: 1, state: 'pending', dueAt: now - 1_000, reason: 'not_sent' }],
        isAlert: false,
      },
    },
  },
  {
    title: 'doubles the longest wait with each failure',
    state: failing,
    outcome: { kind: 'ambiguous' },
    expected: {
      state: { failures: 4, failingSince: 30_000, notBefore: 54_000 },
      decision: { kind: 'settle', settlements: [{ state: 'pending', reason: 'ambiguous' }] },
    },
  },
  {
    title: 'waits up to 5 min in the first hour of failures',
    state: { failures: 30, failingSince: 50_001 - hourMs, notBefore: 0 },
    outcome: { kind: 'ambiguous' },
    expected: { state: { failures: 31, notBefore: 50_000 + 2.5 * minuteMs }, decision: {} },
  },
  {
    title: 'waits up to 30 min after the first hour of failures',
    state: { failures: 30, failingSince: 50_000 - hourMs, notBefore: 0 },
    outcome: { kind: 'ambiguous' },
    expected: { state: { failures: 31, notBefore: 50_000 + 15 * minuteMs }, decision: {} },
  },
  {
    title: 'waits as long as the vendor requests',
    outcome: { kind: 'throttled', retryAfterMs: 7_000 },
    expected: {
      state: { failures: 1, notBefore: 57_000 },
      decision: { kind: 'settle', settlements: [{ state: 'pending', reason: 'throttled' }] },
    },
  },
  {
    title: 'waits at least 1 s where a throttling vendor requests nothing',
    outcome: { kind: 'throttled' },
    expected: { state: { notBefore: 51_000 }, decision: {} },
  },
  {
    title: 'alerts after the 10th failure in a row',
    state: { ...failing, failures: 9 },
    outcome: { kind: 'not_sent' },
    expected: { state: { failures: 10 }, decision: { isAlert: true } },
  },
  {
    title: 'does not alert after the 11th',
    state: { ...failing, failures: 10 },
    outcome: { kind: 'not_sent' },
    expected: { state: { failures: 11 }, decision: { isAlert: false } },
  },
  {
    title: 'pauses for 10 min when the credentials are refused, and counts no failure',
    state: failing,
    batch: 2,
    outcome: { kind: 'credentials_refused', code: 40105, message: 'revoked' },
    expected: {
      state: { failures: 3, failingSince: 30_000, notBefore: 50_000 + 10 * minuteMs },
      decision: {
        kind: 'pause',
        reason: 'revoked',
        settlements: [
          { id: 1, state: 'pending', dueAt: now - 1_000 },
          { id: 2, state: 'pending', dueAt: now - 999 },
        ],
      },
    },
  },
  {
    title: 'ends a pause when a probe is delivered',
    isProbe: true,
    outcome: { kind: 'delivered' },
    expected: { state: ok, decision: { isPauseOver: true } },
  },
  {
    title: 'ends a pause when the vendor itself refuses the event of a probe',
    isProbe: true,
    outcome: { kind: 'refused', code: 40002 },
    expected: { state: ok, decision: { isPauseOver: true, settlements: [{ state: 'failed' }] } },
  },
  {
    title: 'keeps a pause when a proxy may have refused the probe',
    isProbe: true,
    outcome: { kind: 'refused' },
    expected: { state: ok, decision: { isPauseOver: false, settlements: [{ state: 'failed' }] } },
  },
  {
    title: 'keeps a pause when a probe gets no answer',
    isProbe: true,
    outcome: { kind: 'ambiguous' },
    expected: {
      state: { failures: 1 },
      decision: { isPauseOver: false, settlements: [{ state: 'pending' }] },
    },
  },
]

describe('an answer of the vendor', () => {
  it.each(table)('$title', ({ state = ok, batch = 1, isProbe = false, outcome, expected }) => {
    expect(next(state, { batch: batchOf(batch), outcome, isProbe }, moment)).toMatchObject(expected)
  })
})

const positive = fc.integer({ min: 0, max: 10_000_000 })
const anyState = fc
  .record({ failures: fc.integer({ min: 0, max: 200 }), failingSince: positive, notBefore: positive })
  .map((state): WorkerState => state)
const anyMoment = fc.record({
  now: fc.integer({ min: now - dayMs, max: now + dayMs }),
  uptime: fc.integer({ min: 10_000_000, max: 100_000_000 }),
  random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
})
const code = fc.option(fc.integer(), { nil: undefined, freq: 1 })
const common = fc.record({ code, message: fc.option(fc.string(), { nil: undefined }) })
const anyKind = fc.oneof(
  fc.constantFrom('delivered', 'not_sent', 'ambiguous', 'credentials_refused').map((kind) => ({ kind })),
  fc.record({
    kind: fc.constant('throttled'),
    retryAfterMs: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('refused'), invalidIndexes: fc.array(fc.integer({ min: -2, max: 60 })) }),
)
const anyOutcome = fc
  .tuple(common, anyKind)
  .map(([fields, kind]) => ({ ...fields, ...kind }) as unknown as Outcome)
const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  batch: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 50 })).map(batchOf),
  outcome: anyOutcome,
  isProbe: fc.boolean(),
})

/** Checks a statement for any state, answer and moment. */
function always(check: (state: WorkerState, answer: Answer, moment: Moment) => void): void {
  fc.assert(fc.property(anyState, anyAnswer, anyMoment, check), { numRuns: 500 })
}

describe('any answer', () => {
  it('settles each delivery once, or puts it into exactly one smaller batch', () => {
    always((state, answer, at) => {
      const { decision } = next(state, answer, at)
      const batches = decision.kind === 'split' ? decision.batches : []
      const ids = [...settlementsOf(decision).map(({ id }) => id), ...batches.flatMap(idsOf)]
      expect(ids.sort((a, b) => a - b)).toEqual(idsOf(answer.batch))
      for (const { length } of batches) expect(length).toBeLessThan(answer.batch.length)
    })
  })

  it('marks deliveries as delivered or failed only where the vendor says so', () => {
    const states: Record<Outcome['kind'], string> = {
      delivered: 'delivered',
      refused: 'failed',
      not_sent: 'pending',
      ambiguous: 'pending',
      throttled: 'pending',
      credentials_refused: 'pending',
    }
    always((state, answer, at) => {
      for (const settlement of settlementsOf(next(state, answer, at).decision)) {
        expect(settlement.state).toBe(states[answer.outcome.kind])
        // A pending delivery is due at once: the connection waits instead.
        if (settlement.state === 'pending') expect(settlement.dueAt).toBeLessThanOrEqual(at.now)
      }
    })
  })

  it('waits within the documented range', () => {
    const range: Partial<Record<Outcome['kind'], [min: number, max: number]>> = {
      not_sent: [0, 30 * minuteMs],
      ambiguous: [0, 30 * minuteMs],
      throttled: [1_000, hourMs],
      credentials_refused: [10 * minuteMs, 10 * minuteMs],
    }
    always((state, answer, at) => {
      const { notBefore } = next(state, answer, at).state
      const [min, max] = range[answer.outcome.kind] ?? []
      if (min === undefined || max === undefined) expect(notBefore).toBe(state.notBefore)
      else {
        expect(notBefore - at.uptime).toBeGreaterThanOrEqual(min)
        expect(notBefore - at.uptime).toBeLessThanOrEqual(max)
      }
    })
  })

  it('ends a series of failures only with a delivered or a refused event', () => {
    always((state, answer, at) => {
      const { state: after, decision } = next(state, answer, at)
      const { kind } = answer.outcome
      if (decision.kind === 'split' || decision.kind === 'pause') expect(after.failures).toBe(state.failures)
      else if (kind === 'delivered' || kind === 'refused') expect(after.failures).toBe(0)
      else expect(after.failures).toBe(state.failures + 1)
    })
  })

  it('ends a pause only where the vendor has accepted the credentials of a probe', () => {
    always((state, answer, at) => {
      const { decision } = next(state, answer, at)
      const { kind, code } = answer.outcome
      if (decision.kind !== 'settle') return
      const accepts = kind === 'delivered' || (kind === 'refused' && code !== undefined)
      expect(decision.isPauseOver).toBe(answer.isProbe && accepts)
    })
  })
})

describe('a refused batch', () => {
  it('ends with each delivery settled once, and only invalid events failed', () => {
    const invalidIds = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 40 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), invalidIds, fc.boolean(), (size, invalid, reports) => {
        const settled = new Map<number, string>()
        const batches = [batchOf(size)]
        let requests = 0
        for (let batch = batches.shift(); batch; batch = batches.shift()) {
          requests++
          const first = batch.findIndex(({ delivery: { id } }) => invalid.includes(id))
          const refused: Outcome = { kind: 'refused', ...(reports && { invalidIndexes: [first] }) }
          const outcome: Outcome = first < 0 ? { kind: 'delivered' } : refused
          const { decision } = next(initialState, { batch, outcome, isProbe: false }, moment)
          if (decision.kind === 'split') batches.unshift(...decision.batches)
          for (const { id, state } of settlementsOf(decision)) {
            expect(settled.has(id)).toBe(false)
            settled.set(id, state)
          }
        }
        const expected = batchOf(size).map(({ delivery: { id } }) => [
          id,
          invalid.includes(id) ? 'failed' : 'delivered',
        ])
        expect([...settled].sort(([a], [b]) => a - b)).toEqual(expected)
        expect(requests).toBeLessThan(2 * size)
      }),
    )
  })
})

describe('a series of failures', () => {
  it('alerts after 10, 50, 70, 90 and 100, and claims one delivery at a time until it ends', () => {
    const alerts: number[] = []
    let state = initialState
    expect(claimLimit(state, 1_000)).toBe(1_000)
    for (let count = 1; count <= 120; count++) {
      const answer: Answer = { batch: batchOf(1), outcome: { kind: 'ambiguous' }, isProbe: false }
      const transition = next(state, answer, moment)
      state = transition.state
      if (transition.decision.kind === 'settle' && transition.decision.isAlert) alerts.push(state.failures)
      expect(claimLimit(state, 1_000)).toBe(1)
    }
    expect(alerts).toEqual([10, 50, 70, 90, 100])
    const last: Answer = { batch: batchOf(1), outcome: { kind: 'delivered' }, isProbe: false }
    expect(claimLimit(next(state, last, moment).state, 1_000)).toBe(1_000)
  })
})

describe('a store error', () => {
  it('counts as a failure of the connection, which waits at most 5 min', () => {
    fc.assert(
      fc.property(anyState, anyMoment, (state, at) => {
        const after = afterStoreError(state, at)
        expect(after.failures).toBe(state.failures + 1)
        expect(after.failingSince).toBe(state.failures === 0 ? at.uptime : state.failingSince)
        expect(after.notBefore).toBeGreaterThanOrEqual(at.uptime)
        expect(after.notBefore).toBeLessThanOrEqual(at.uptime + 5 * minuteMs)
      }),
    )
  })
})

describe('a request', () => {
  it.each([
    ['starts when the wait is over', 40_000, 50_000, true],
    ['starts at the last moment of its lease', 50_000, 50_000, true],
    ['does not start while the connection waits', 39_999, 50_000, false],
    ['does not start when its lease might end first', 50_001, 50_000, false],
  ])('%s', (_title, uptime, startBy, expected) => {
    expect(maySend(ok, uptime, startBy)).toBe(expected)
  })
})

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
    expect(release(batchOf(2), now - 1_000)).toEqual([
      { id: 1, state: 'pending', dueAt: now - 1_000 },
      { id: 2, state: 'pending', dueAt: now - 1_000 },
    ])
    expect(release(batchOf(2), now).map(({ dueAt }) => dueAt)).toEqual([now - 1_000, now - 999])
  })
})
