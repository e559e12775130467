/** Parses each kind of fault, and invalid texts. */
import { expect, test } from 'vitest'
import { parseFault } from './fault.js'

test.each([
  ['40105', { kind: 'code', code: 40105 }],
  ['20001', { kind: 'code', code: 20001, taken: true }],
  ['40100x3', { kind: 'code', code: 40100, next: 3 }],
  ['502', { kind: 'http', status: 502, body: 'html' }],
  ['502@30%', { kind: 'http', status: 502, body: 'html', probability: 0.3 }],
  ['429x2@50%', { kind: 'http', status: 429, body: 'html', next: 2, probability: 0.5 }],
  ['slow=3000', { kind: 'normal', delayMs: 3000 }],
  ['slow=3000x2', { kind: 'normal', delayMs: 3000, next: 2 }],
  ['hang', { kind: 'hang' }],
  ['drip', { kind: 'drip' }],
  ['cut', { kind: 'reset' }],
  ['cut-afterx1', { kind: 'reset', taken: true, next: 1 }],
])('%s', (text, answer) => {
  expect(parseFault(text)).toEqual(answer)
})

test.each([
  '',
  'nonsense',
  '99',
  '199',
  '600',
  '401055',
  '40105x0',
  '40105@101%',
  'slow',
  'slow=',
  'constructor',
])('%j is not a fault', (text) => {
  expect(parseFault(text)).toBeUndefined()
})
