/** Knows that a row changed by anything but the program is noticed, and that one from before there were sums is not. */
import { expect, it } from 'vitest'
import { safeEvent } from '../../../../tests/support/store-samples.js'
import { fromRow, type Row, toRow } from '../row.js'
import { checkSum, Damaged, withSum } from './checksum.js'

const row = toRow({ kind: 'event', event: safeEvent('a'), vendors: [] }) as Row
const stored = { ...row, body: withSum(row) }

it('gives back what was stored, without the sum', () => {
  expect(fromRow(checkSum(1, stored))).toEqual(safeEvent('a'))
})

it('takes a row of an older version as it is', () => {
  expect(checkSum(1, row)).toBe(row)
})

it.each([
  ['another value', { body: stored.body?.replace('49.9', '94.9') ?? '' }],
  ['another id', { eventId: 'b' }],
  ['another time', { eventTime: row.eventTime + 1 }],
  ['another sum', { body: stored.body?.replace(/\d\}$/, (end) => `${(Number(end[0]) + 1) % 10}}`) ?? '' }],
  ['no JSON', { body: row.body?.slice(1) ?? '' }],
  ['no body', { body: null }],
])('throws what a damaged file throws at %s', (_, change) => {
  expect(() => checkSum(1, { ...stored, ...change })).toThrow(Damaged)
})

it('throws where the row is gone', () => {
  expect(() => checkSum(1, undefined)).toThrow('event 1 is not what was stored')
})
