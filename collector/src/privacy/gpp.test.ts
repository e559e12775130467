import { GppModel } from '@iabgpp/cmpapi'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gppOptOut, uspOptOut } from './gpp.js'

describe('a Global Privacy Platform string', () => {
  it.each([
    ['DBABBg~BAQAAABA.QA', 'usca', 'usca sale'],
    ['DBACTMA~1YYN~BAUAAABA.YA', 'uspv1', 'uspv1 and usca'],
    ['DBABBg~BAoAAABA.QA', undefined, 'usca did not opt out'],
    ['DBABBg~BAoAAABA.YA', 'usca', 'usca GPC sub-section only'],
    ['DBABBg~BAoAAABA.Y', 'usca', 'the same, padded to 6 bits'],
    ['DBABRg~BAkAABA', 'usva', 'usva targeted'],
    ['DBABFg~BAGAAAQA', 'usut', 'usut sale'],
    ['DBABEYA~BQCQ.QA', 'usmd', 'usmd targeted'],
    ['DBABLA~CAAmAAAAAABA.QA', 'usnat', 'usnat version 2 sharing'],
    ['DBABLA~CAAqAAAAAABA.QA', undefined, 'usnat version 2 did not opt out'],
    ['DBACJpg~BAoAAEA.QA~BAYAAAQA.QA', 'ustx', 'usco no, ustx sale'],
    ['DBABM~CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA', undefined, 'tcfeuv2 only'],
    ['DBABEYA~YEA.BQCQ', 'usmd', 'usmd behind a header part of its own'],
    ['DBABBg', undefined, 'a header without its section'],
    ['DBABBg~DAQAAABA.QA', undefined, 'usca of an unknown version'],
    ['', undefined, 'nothing'],
    ['~~~', undefined, 'no header'],
    ['DBABBg~!!', undefined, 'other characters'],
  ] as [string, string | undefined, string][])('%s: %s (%s)', (text, expected, _title) =>
    expect(gppOptOut(text)).toBe(expected),
  )

  it('is read as the reference library writes it, for each section of the library', () => {
    const names = [
      'usnat',
      'usca',
      'usva',
      'usco',
      'usut',
      'usct',
      'usfl',
      'usmt',
      'usor',
      'ustx',
      'usde',
      'usia',
      'usne',
      'usnh',
      'usnj',
      'ustn',
      'usmn',
      'usmd',
      'usin',
      'usky',
      'usri',
    ]
    const columns = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut']
    let checked = 0
    for (const name of names) {
      for (const column of columns) {
        for (const value of [0, 1, 2]) {
          const api = new GppModel()
          try {
            api.setFieldValue(name, column, value)
            if (api.getFieldValue(name, column) !== value) continue
          } catch {
            continue
          }
          expect(gppOptOut(api.encode())).toBe(value === 1 ? name : undefined)
          checked++
        }
      }
    }
    expect(checked).toBeGreaterThanOrEqual(2 * 3 * 20)
  })

  it('never causes an exception', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_.-]{0,12}$/)
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(part).map((parts) => `DBA${parts.join('~')}`),
        ),
        (text) => {
          gppOptOut(text)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('a US Privacy string', () => {
  it.each([
    ['1YYN', true],
    ['1yyn', true],
    ['1NYN', true],
    ['1YNN', false],
    ['1---', false],
    ['2YYN', false],
    ['1YY', false],
    ['1YYNN', false],
    ['', false],
  ])('%s opts out: %s', (text, expected) => expect(uspOptOut(text)).toBe(expected))
})
