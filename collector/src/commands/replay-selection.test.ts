import { describe, expect, it } from 'vitest'
import { readReplay } from './replay-selection.js'

const now = Date.parse('2026-11-23T12:00:00Z')

describe('what to replay', () => {
  it.each([
    [['3', '5'], {}, { ids: [3, 5] }],
    [[], { since: '2h' }, { since: now - 7_200_000, until: now }],
    [
      [],
      { since: '1d', until: '30m', site: 'shop.example', event: 'Lead' },
      { since: now - 86_400_000, until: now - 1_800_000, site: 'shop.example', event: 'Lead' },
    ],
    [[], { since: '2026-11-23T11:00Z' }, { since: now - 3_600_000, until: now }],
  ])('%j with %j is %j', (ids, options, expected) => expect(readReplay(ids, options, now)).toEqual(expected))

  it.each([
    [['x'], {}, '"x" is no id'],
    [[], {}, 'Say which'],
    [[], { since: 'yesterday' }, 'A time is written'],
  ])('%j with %j is refused: %s', (ids, options, expected) =>
    expect(readReplay(ids, options, now)).toContain(expected),
  )
})
