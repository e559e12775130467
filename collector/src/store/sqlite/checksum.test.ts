/** The checksum finds any change of a row, and accepts rows from before there were checksums. */
import { expect, it } from 'vitest'
import { hashedEvent } from '../../../../tests/support/store-samples.js'
import { fromRow, type Row, toRow } from '../row.js'
import { CorruptRow, verifyChecksum, withChecksum } from './checksum.js'

const row = toRow({ kind: 'event', event: hashedEvent('a'), vendors: [] }) as Row
const stored = { ...row, body: withChecksum(row) }

it('returns what was stored, without the checksum', () => {
  expect(fromRow(verifyChecksum(1, stored))).toEqual(hashedEvent('a'))
})

it('accepts a row of an older version as it is', () => {
  expect(verifyChecksum(1, row)).toBe(row)
})

it.each([
  ['another value', { body: stored.body?.replace('49.9', '94.9') ?? '' }],
  ['another id', { eventId: 'b' }],
  ['another time', { eventTime: row.eventTime + 1 }],
  [
    'another checksum',
    { body: stored.body?.replace(/\d\}$/, (end) => `${(Number(end[0]) + 1) % 10}}`) ?? '' },
  ],
  ['no JSON', { body: row.body?.slice(1) ?? '' }],
  ['no body', { body: null }],
])('throws the error of a damaged file at %s', (_, change) => {
  expect(() => verifyChecksum(1, { ...stored, ...change })).toThrow(CorruptRow)
})

it('throws where the row is missing', () => {
  expect(() => verifyChecksum(1, undefined)).toThrow('event 1 is not what was stored')
})
