import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from './privacy.js'

const place = { source: 'unknown' } as const
const quiet = { gpc: false, cookies: { optOut: false } }
const settings = { ldu: { unknown: true } }

describe('Limited Data Use', () => {
  it.each([
    ['nothing is known', 'browser', {}, quiet, true, 'unknown'],
    ['Sec-GPC is 1', 'browser', { limited_data_use: false }, { ...quiet, gpc: true }, true, 'gpc'],
    ['the page saw GPC', 'server', { gpc: true, limited_data_use: false }, quiet, true, 'gpc'],
    [
      'the site’s own opt-out says so',
      'server',
      { opt_out: true, limited_data_use: false },
      quiet,
      true,
      'opt-out',
    ],
    ['the opt-out cookie is set', 'browser', {}, { gpc: false, cookies: { optOut: true } }, true, 'opt-out'],
    ['a browser asks for it', 'browser', { limited_data_use: true }, quiet, true, 'explicit'],
    ['a browser asks for less', 'browser', { limited_data_use: false }, quiet, true, 'unknown'],
    ['a server asks for less', 'server', { limited_data_use: false }, quiet, false, 'explicit'],
  ] as const)('where %s', (_title, source, privacy, arrival, limitedDataUse, reason) => {
    expect(decide({ source, privacy }, arrival, place, settings)).toEqual({ limitedDataUse, reason })
  })

  it('is what the owner set where the place is unknown', () => {
    const decision = decide({ source: 'browser', privacy: {} }, quiet, place, { ldu: { unknown: false } })
    expect(decision).toEqual({ limitedDataUse: false, reason: 'unknown' })
  })

  it('is never off after an opt-out, whatever else is said', () => {
    fc.assert(
      fc.property(
        fc.record({ gpc: fc.boolean(), opt_out: fc.boolean(), limited_data_use: fc.boolean() }),
        fc.record({ gpc: fc.boolean(), cookies: fc.record({ optOut: fc.boolean() }) }),
        fc.constantFrom('browser', 'server'),
        fc.boolean(),
        (privacy, arrival, source, unknown) => {
          fc.pre(privacy.gpc || privacy.opt_out || arrival.gpc || arrival.cookies.optOut)
          return decide({ source, privacy }, arrival, place, { ldu: { unknown } }).limitedDataUse
        },
      ),
    )
  })
})
