import { describe, expect, it } from 'vitest'
import { dayMs, hourMs, minuteMs } from '../time.js'
import { parseSelection } from './replay.js'

const now = Date.parse('2026-11-23T12:00:00Z')

describe('the selection of replay', () => {
  it.each([
    [['3', '5'], {}, { ids: [3, 5] }],
    [[], { since: '2h' }, { since: now - 2 * hourMs, until: now }],
    [
      [],
      { since: '1d', until: '30m', site: 'shop.example', event: 'Lead' },
      { since: now - dayMs, until: now - 30 * minuteMs, site: 'shop.example', event: 'Lead' },
    ],
    [[], { since: '2026-11-23T11:00Z' }, { since: now - hourMs, until: now }],
  ])('of ids %j and options %j is %j', (ids, options, selection) => {
    expect(parseSelection(ids, options, now)).toEqual(selection)
  })

  it.each([
    [['x'], {}, '"x" is no id'],
    [[], {}, 'Say which'],
    [[], { since: 'yesterday' }, 'A time is written'],
  ])('of ids %j and options %j is refused: %s', (ids, options, problem) => {
    expect(parseSelection(ids, options, now)).toContain(problem)
  })
})
