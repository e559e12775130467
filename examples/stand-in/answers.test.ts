/** Queues simulated answers and takes them, and validates the body that sets them. */
import { expect, test } from 'vitest'
import { createAnswers, parseAnswerQueue } from './answers.js'

test('answers are taken in order, each as often as set, then the normal answer', () => {
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

test('an answer without next stays until it is replaced', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: '*', answers: [{ kind: 'reset' }] })
  expect([1, 2, 3].map(() => answers.take('P')?.kind)).toEqual(['reset', 'reset', 'reset'])
  answers.set({ pixel: '*', answers: [] })
  expect(answers.take('P')).toBeUndefined()
})

test('the answers of a pixel come before those of all pixels', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: '*', answers: [{ kind: 'reset' }] })
  answers.set({ pixel: 'P', answers: [{ kind: 'hang', next: 1 }] })
  expect([answers.take('P')?.kind, answers.take('Q')?.kind, answers.take('P')?.kind]).toEqual([
    'hang',
    'reset',
    'reset',
  ])
})

test('a pixel with an empty queue still gets the answers of all pixels', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: '*', answers: [{ kind: 'reset' }] })
  answers.set({ pixel: 'P', answers: [{ kind: 'hang' }] })
  answers.set({ pixel: 'P', answers: [] })
  expect(answers.take('P')?.kind).toBe('reset')
})

test('a request that gets the normal answer by chance does not use up a simulated one', () => {
  const draws = [0.5, 0.4]
  const answers = createAnswers(() => draws.shift() ?? 1)
  answers.set({ pixel: 'P', answers: [{ kind: 'hang', next: 1, probability: 0.5 }] })
  expect([answers.take('P'), answers.take('P')?.kind]).toEqual([undefined, 'hang'])
})

test('clear restores the normal answer', () => {
  const answers = createAnswers(() => 0)
  answers.set({ pixel: 'P', answers: [{ kind: 'hang' }] })
  answers.clear()
  expect(answers.take('P')).toBeUndefined()
})

test('answers without a pixel are for all pixels', () => {
  expect(parseAnswerQueue({ answers: [] })).toEqual({ queue: { pixel: '*', answers: [] } })
})

test.each([
  ['nothing', undefined],
  ['an unknown kind', { answers: [{ kind: 'explode' }] }],
  ['an unknown key', { answers: [{ kind: 'http', statsu: 500 }] }],
  ['an invalid status', { answers: [{ kind: 'http', status: 99 }] }],
  ['a header with a line break', { answers: [{ kind: 'http', retryAfter: '1\r\nX: y' }] }],
  ['zero requests', { answers: [{ kind: 'hang', next: 0 }] }],
])('answers with %s are refused', (_title, body) => {
  expect(parseAnswerQueue(body)).toHaveProperty('problems')
})
