import { expect, it } from 'vitest'
import { readVerifyReport } from './verify-report.js'

it('keeps the valid fields of a report', () => {
  expect(readVerifyReport({ at: 5, report: { copies: 2, tag_in: 'attic', more: true } })).toEqual({
    at: 5,
    copies: 2,
  })
})

it.each([undefined, {}, { report: { copies: 2 } }, { at: 5 }, { at: 5, report: 'no' }])(
  'gives nothing for a record without a report: %j',
  (body) => expect(readVerifyReport(body)).toBeUndefined(),
)
