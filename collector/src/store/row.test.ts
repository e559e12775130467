import { expect, it } from 'vitest'
import type { HashedEvent } from '../event.js'
import { fromRow, type Row, toRow } from './row.js'

it('an event is the same after it was a row', () => {
  const event: HashedEvent = {
    site: 'shop.example',
    source: 'server',
    event: 'Purchase',
    eventId: 'Purchase.1001',
    eventTime: 1_795_400_000,
    receivedAt: 1_795_400_000_000,
    user: { ttclid: 'E.C.P.abc' },
    visitor: { ip: '198.51.100.7' },
    page: { url: 'https://shop.example/' },
    properties: { value: 49.9, currency: 'USD' },
    limitedDataUse: true,
    privacyReason: 'gpc',
    testEventCode: 'TEST12345',
  }
  const row = toRow({ kind: 'event', event, vendors: ['tiktok'] }) as Row
  expect(fromRow(row)).toEqual(event)
  // The money of a test is not summed up.
  expect(row).toMatchObject({ value: null, currency: null })
  const { testEventCode: _, ...sale } = event
  expect(toRow({ kind: 'event', event: sale, vendors: [] })).toMatchObject({ value: 49.9, currency: 'USD' })
})
