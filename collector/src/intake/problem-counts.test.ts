import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CountedProblem } from '../store/input-problems.js'
import { createProblemCounts } from './problem-counts.js'

const start = 1_795_400_000_000
let now = start
const written: CountedProblem[][] = []
const metered: string[] = []
const warnings: string[] = []
let fails = false

const create = () =>
  createProblemCounts({
    store: {
      async addInputProblems(problems) {
        if (fails) throw new Error('The store is closed.')
        written.push([...problems])
      },
    },
    metrics: {
      refused: (route, status) => metered.push(`${route} ${status}`),
      warned: (rule) => metered.push(rule),
    },
    clock: () => now,
    log: { warn: (_fields, message) => warnings.push(message) },
  })

beforeEach(() => {
  now = start
  fails = false
  for (const list of [written, metered, warnings]) list.length = 0
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('counts of input problems', () => {
  it('are written once a second, equal ones as one, without list indexes', async () => {
    const counts = create()
    for (let at = 0; at < 3; at++) {
      now++
      counts.warned('shop.example', '/e', [
        { rule: 'invalid_value', path: `properties.contents[${at}].quantity`, warning: 'left out' },
      ])
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(written).toEqual([
      [
        {
          site: 'shop.example',
          route: '/e',
          status: 202,
          rule: 'invalid_value',
          path: 'properties.contents[].quantity',
          hour: Math.floor(start / 3_600_000),
          count: 3,
          lastAt: start + 3,
        },
      ],
    ])
    expect(metered).toEqual(['invalid_value', 'invalid_value', 'invalid_value'])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(written).toHaveLength(1)
    await counts.stop()
  })

  it('of refused requests have the status, and no site where none is known', async () => {
    const counts = create()
    counts.refused({ site: undefined, route: '/v1/events', status: 401, rule: 'no_key', path: '' })
    counts.refused({
      site: 'shop.example',
      route: '/e',
      status: 400,
      rule: 'forbidden_key',
      path: 'events[2].user',
    })
    await counts.stop()
    expect(written[0]).toMatchObject([
      { site: '', route: '/v1/events', status: 401, path: '' },
      { site: 'shop.example', route: '/e', status: 400, path: 'user' },
    ])
    expect(metered).toEqual(['/v1/events 401', '/e 400'])
  })

  it('have one path after a hundred of the sender in an hour, for this site only', async () => {
    const counts = create()
    const warn = (site: string, path: string) =>
      counts.warned(site, '/e', [{ rule: 'unknown_key', path, warning: 'left out' }])
    for (let at = 0; at < 5_000; at++) warn('shop.example', `key${at}`)
    warn('shop.example', 'key7')
    warn('other.example', 'key4000')
    await counts.stop()
    const [problems = []] = written
    expect(problems).toHaveLength(102)
    expect(problems.find(({ path }) => path === 'key7')?.count).toBe(2)
    expect(problems.find(({ site, path }) => site === 'shop.example' && path === '…')?.count).toBe(4_900)
    expect(problems.find(({ site }) => site === 'other.example')?.path).toBe('key4000')
  })

  it.each([
    ...[
      '',
      'event',
      'event_id',
      'event_time',
      'user',
      'user.email',
      'user.email[1]',
      'user.ttclid',
      'user.ip',
    ],
    ...['page.url', 'page.referrer', 'privacy.gpc', 'privacy.gpp_sid[0]', 'properties', 'properties.value'],
    ...[
      'properties.contents',
      'properties.contents[3]',
      'properties.contents[3].price',
      'properties.content_ids[0]',
    ],
    ...['events', 'events[7]', 'events[7].event', 'sent_at', 'site'],
  ])('keep the documented place "%s" behind any number of others', async (path) => {
    const counts = create()
    const warn = (path: string) =>
      counts.warned('shop.example', '/e', [{ rule: 'invalid_value', path, warning: 'left out' }])
    for (let at = 0; at < 101; at++) warn(`user.key${at}`)
    warn(path)
    await counts.stop()
    const place = path.replace(/^events\[\d\]\.?/, '').replace(/\[\d\]/, '[]')
    expect(written[0]?.find((problem) => problem.path === place)?.count).toBe(1)
    expect(written[0]?.find((problem) => problem.path === '…')?.count).toBe(1)
  })

  it('are logged where the store is gone, and the process goes on', async () => {
    fails = true
    const counts = create()
    counts.refused({ site: undefined, route: '/e', status: 415, rule: 'media_type', path: '' })
    await counts.stop()
    expect(warnings).toEqual(['counts of refused input could not be stored'])
  })
})
