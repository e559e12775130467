/** Knows that a row changed by anything but the program is noticed, and that one from before there were sums is not. */
import { expect, it } from 'vitest'
import { hashedEvent } from '../../../../tests/support/store-samples.js'
import { fromRow, type Row, toRow } from '../row.js'
import { CorruptRow, verifyChecksum, withChecksum } from './checksum.js'

const row = toRow({ kind: 'event', event: hashedEvent('a'), vendors: [] }) as Row
const stored = { ...row, body: withChecksum(row) }

it('gives back what was stored, without the sum', () => {
  expect(fromRow(verifyChecksum(1, stored))).toEqual(hashedEvent('a'))
})

it('takes a row of an older version as it is', () => {
  expect(verifyChecksum(1, row)).toBe(row)
})

it.each([
  ['another value', { body: stored.body?.replace('49.9', '94.9') ?? '' }],
  ['another id', { eventId: 'b' }],
  ['another time', { eventTime: row.eventTime + 1 }],
  ['another sum', { body: stored.body?.replace(/\d\}$/, (end) => `${(Number(end[0]) + 1) % 10}}`) ?? '' }],
  ['no JSON', { body: row.body?.slice(1) ?? '' }],
  ['no body', { body: null }],
])('throws what a damaged file throws at %s', (_, change) => {
  expect(() => verifyChecksum(1, { ...stored, ...change })).toThrow(CorruptRow)
})

it('throws where the row is gone', () => {
  expect(() => verifyChecksum(1, undefined)).toThrow('event 1 is not what was stored')
})
