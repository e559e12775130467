/** Knows how ordered answers are used up, and which orders are refused. */
import { expect, test } from 'vitest'
import { createAnswers, readOrder } from './answers.js'

test('answers are served in order, each as often as ordered, then the normal one', () => {
  const answers = createAnswers(() => 0)
  answers.set({
    pixel: 'P',
    answers: [
      { kind: 'code', code: 40100, next: 2 },
      { kind: 'hang', next: 1 },
    ],
  })
  expect([1, 2, 3, 4].map(() => answers.take('P')?.kind)).toEqual(['code', 'code', 'hang', undefined])
  expect(answers.list()).toEqual([])
})

test('without a number an answer stays until it is replaced', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: '*', answers: [{ kind: 'reset' }] })
  expect([1, 2, 3].map(() => answers.take('P')?.kind)).toEqual(['reset', 'reset', 'reset'])
  answers.set({ pixel: '*', answers: [] })
  expect(answers.take('P')).toBeUndefined()
})

test('a pixel’s own answers come before those for all', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: '*', answers: [{ kind: 'reset' }] })
  answers.set({ pixel: 'P', answers: [{ kind: 'hang', next: 1 }] })
  expect([answers.take('P')?.kind, answers.take('Q')?.kind, answers.take('P')?.kind]).toEqual([
    'hang',
    'reset',
    'reset',
  ])
})

test('a pixel brought back to normal still gets the answers for all', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: '*', answers: [{ kind: 'reset' }] })
  answers.set({ pixel: 'P', answers: [{ kind: 'hang' }] })
  answers.set({ pixel: 'P', answers: [] })
  expect(answers.take('P')?.kind).toBe('reset')
})

test('a share of the requests passes to the normal answer and uses nothing up', () => {
  const draws = [0.5, 0.4]
  const answers = createAnswers(() => draws.shift() ?? 1)
  answers.set({ pixel: 'P', answers: [{ kind: 'hang', next: 1, probability: 0.5 }] })
  expect([answers.take('P'), answers.take('P')?.kind]).toEqual([undefined, 'hang'])
})

test('clear brings everything back to normal', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: 'P', answers: [{ kind: 'hang' }] })
  answers.clear()
  expect(answers.take('P')).toBeUndefined()
})

test('an order without a pixel is for all', () => {
  expect(readOrder({ answers: [] })).toEqual({ order: { pixel: '*', answers: [] } })
})

test.each([
  ['nothing', undefined],
  ['an unknown kind', { answers: [{ kind: 'explode' }] }],
  ['an unknown key', { answers: [{ kind: 'http', statsu: 500 }] }],
  ['a status that is none', { answers: [{ kind: 'http', status: 99 }] }],
  ['a header that would break the line', { answers: [{ kind: 'http', retryAfter: '1\r\nX: y' }] }],
  ['zero requests', { answers: [{ kind: 'hang', next: 0 }] }],
])('an order with %s is refused', (_title, body) => {
  expect(readOrder(body)).toHaveProperty('problems')
})
