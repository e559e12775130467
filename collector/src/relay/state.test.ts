import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Settlement } from '../store/store.js'
import { dayMs, hourMs, minuteMs } from '../time.js'
import type { Outcome } from '../vendors/vendor.js'
import type { Prepared } from './batches.js'
import {
  type Answer,
  afterStoreError,
  type Decision,
  initialState,
  type Moment,
  maySend,
  next,
  nextSize,
  type WorkerState,
} from './state.js'

const now = 1_795_400_000_000

const batchOf = (count: number, bytes = 100): Prepared[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    receivedAt: now - 1_000 + index,
    json: '{}',
    bytes,
  }))
const idsOf = (batch: readonly Prepared[]) => batch.map(({ id }) => id)
const settlementsOf = (decision: Decision): Settlement[] =>
  decision.kind === 'split' ? [] : decision.settlements

const moment: Moment = { now, uptime: 50_000, random: 0.5 }
const limits = { events: 1_000, bytes: 1_000_000 }
const ok: WorkerState = { failures: 0, failingSince: 0, notBefore: 40_000, triesOne: false }
const failing: WorkerState = { failures: 3, failingSince: 30_000, notBefore: 40_000, triesOne: true }

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
        batches: [[{ id: 2 }], [{ id: 1 }, { id: 3 }]],
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
    state: { ...failing, failures: 30, failingSince: 50_001 - hourMs },
    outcome: { kind: 'ambiguous' },
    expected: { state: { failures: 31, notBefore: 50_000 + 2.5 * minuteMs }, decision: {} },
  },
  {
    title: 'waits up to 30 min after the first hour of failures',
    state: { ...failing, failures: 30, failingSince: 50_000 - hourMs },
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
    const answer = { batch: batchOf(batch), bytes: 100 * batch, outcome, limits, durationMs: 5, isProbe }
    expect(next(state, answer, moment)).toMatchObject(expected)
  })
})

const positive = fc.integer({ min: 1, max: 10_000_000 })
const anyState = fc
  .record({
    failures: fc.integer({ min: 0, max: 200 }),
    failingSince: positive,
    notBefore: positive,
    triesOne: fc.boolean(),
    reduced: fc.option(fc.record({ events: fc.integer({ min: 1, max: 999 }), bytes: positive }), {
      nil: undefined,
    }),
  })
  .map(({ reduced, ...state }): WorkerState => ({ ...state, ...(reduced && { reduced }) }))
const anyMoment = fc.record({
  now: fc.integer({ min: now - dayMs, max: now + dayMs }),
  uptime: fc.integer({ min: 10_000_000, max: 100_000_000 }),
  random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
})
const code = fc.option(fc.integer(), { nil: undefined, freq: 1 })
const common = fc.record({ code, message: fc.option(fc.string(), { nil: undefined }) })
const anyKind = fc.oneof(
  fc.constantFrom('delivered', 'not_sent', 'ambiguous', 'credentials_refused').map((kind) => ({ kind })),
  fc.constant({ kind: 'ambiguous', isUnanswered: true }),
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
  bytes: positive,
  batch: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 50 })).map(batchOf),
  outcome: anyOutcome,
  limits: fc.constant(limits),
  durationMs: fc.integer({ min: 0, max: 30_000 }),
  isProbe: fc.boolean(),
})

const answerTo = (batch: Prepared[], outcome: Outcome, durationMs = 5): Answer => ({
  batch,
  bytes: batch.reduce((sum, { bytes }) => sum + bytes, 0),
  outcome,
  limits,
  durationMs,
  isProbe: false,
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
          const first = batch.findIndex(({ id }) => invalid.includes(id))
          const refused: Outcome = { kind: 'refused', ...(reports && { invalidIndexes: [first] }) }
          const outcome: Outcome = first < 0 ? { kind: 'delivered' } : refused
          const { decision } = next(initialState, answerTo(batch, outcome), moment)
          if (decision.kind === 'split') batches.unshift(...decision.batches)
          for (const { id, state } of settlementsOf(decision)) {
            expect(settled.has(id)).toBe(false)
            settled.set(id, state)
          }
        }
        const expected = batchOf(size).map(({ id }) => [id, invalid.includes(id) ? 'failed' : 'delivered'])
        expect([...settled].sort(([a], [b]) => a - b)).toEqual(expected)
        expect(requests).toBeLessThan(2 * size)
      }),
    )
  })
})

describe('a series of failures', () => {
  it('alerts after 10, 50, 70, 90 and 100, and tries one delivery at a time until it ends', () => {
    const alerts: number[] = []
    let state = initialState
    expect(nextSize(state, limits)).toEqual(limits)
    for (let count = 1; count <= 120; count++) {
      const transition = next(state, answerTo(batchOf(1), { kind: 'ambiguous', code: 50000 }), moment)
      state = transition.state
      if (transition.decision.kind === 'settle' && transition.decision.isAlert) alerts.push(state.failures)
      expect(nextSize(state, limits).events).toBe(1)
    }
    expect(alerts).toEqual([10, 50, 70, 90, 100])
    expect(nextSize(next(state, answerTo(batchOf(1), { kind: 'delivered' }), moment).state, limits)).toEqual(
      limits,
    )
  })
})

describe('the size of requests', () => {
  const unanswered: Outcome = { kind: 'ambiguous', isUnanswered: true }
  const delivered: Outcome = { kind: 'delivered' }
  /** The events of each request, where all events have 1,000 bytes and the outcomes come in this order. */
  const eventsOf = (outcomes: Outcome[], durationMs = 5) => {
    let state = initialState
    return outcomes.map((outcome) => {
      const { events, bytes } = nextSize(state, limits)
      const batch = batchOf(Math.max(1, Math.min(events, Math.floor(bytes / 1_000))), 1_000)
      state = next(state, answerTo(batch, outcome, durationMs), moment).state
      return batch.length
    })
  }

  it('is halved by each request that breaks, down to one event, and doubled by each success', () => {
    const breaks = Array.from({ length: 11 }, () => unanswered)
    const succeeds = Array.from({ length: 12 }, () => delivered)
    const down = [1_000, 500, 250, 125, 62, 31, 15, 7, 3, 1, 1]
    const up = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000, 1_000]
    expect(eventsOf([...breaks, ...succeeds])).toEqual([...down, ...up])
  })

  it('stays reduced while answers are slow, and when events are refused', () => {
    const outcomes: Outcome[] = [unanswered, delivered, delivered]
    expect(eventsOf(outcomes, 10_001)).toEqual([1_000, 500, 500])
    expect(eventsOf([unanswered, { kind: 'throttled' }, delivered, delivered])).toEqual([
      1_000, 500, 1, 1_000,
    ])
    const reduced = { ...ok, reduced: { events: 1, bytes: 1_000 } }
    expect(next(reduced, answerTo(batchOf(1), { kind: 'refused', code: 40002 }), moment).state).toEqual(
      reduced,
    )
  })

  it('is reduced in bytes, so that fewer large events are sent', () => {
    const { state } = next(ok, answerTo(batchOf(16, 60_000), unanswered), moment)
    expect(nextSize(state, limits)).toEqual({ events: 8, bytes: 480_000 })
  })

  it('is not reduced by an answer that says nothing of the size', () => {
    const others: Outcome[] = [
      { kind: 'ambiguous', code: 50000 },
      { kind: 'not_sent' },
      { kind: 'throttled' },
    ]
    for (const outcome of others) expect(eventsOf([outcome, delivered, delivered])).toEqual([1_000, 1, 1_000])
  })

  it('is at least one event, and never more than the vendor takes', () => {
    always((state, answer, at) => {
      const { events, bytes } = nextSize(next(state, answer, at).state, limits)
      expect(events).toBeGreaterThanOrEqual(1)
      expect(events).toBeLessThanOrEqual(limits.events)
      expect(bytes).toBeLessThanOrEqual(limits.bytes)
    })
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
