import express from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Listener, listen } from '../http/listen.js'
import { createLimiter } from '../http/rate-limit.js'
import { createSites } from '../sites/hosts.js'
import type { Refusal } from './findings.js'
import type { IntakeResult } from './pipeline.js'
import { addCollectRoutes } from './route.js'

const site = {
  domain: 'shop.example',
  aliases: [],
  siteKey: 'key',
  paused: false,
  keepLegacyNames: false,
  vendors: [],
}
const refusals: Refusal[] = []
let result: IntakeResult
let isLimited = false
let listener: Listener

beforeAll(async () => {
  const limiter = createLimiter(600)
  const app = express()
  addCollectRoutes(app, {
    intake: async () => result,
    sites: createSites([site]),
    limiter: { ...limiter, take: () => (isLimited ? 3 : 0) },
    siteOfKey: (key) => (key === 'good' ? 'shop.example' : undefined),
    clickDays: 30,
    findings: { refused: (refusal) => refusals.push(refusal) },
    clock: () => 0,
  })
  listener = await listen(app, { host: '127.0.0.1', port: 0 }, 'TAGFERRY_PORT')
})
afterAll(() => listener.close())
beforeEach(() => {
  refusals.length = 0
  isLimited = false
  result = { kind: 'unavailable' }
})

const headersOf = {
  '/e': { 'content-type': 'text/plain', origin: 'https://www.shop.example' },
  '/v1/events': { 'content-type': 'application/json', authorization: 'Bearer good' },
}

async function post(path: keyof typeof headersOf, body: string, headers: Record<string, string> = {}) {
  const init = { method: 'POST', body, headers: { ...headersOf[path], ...headers } }
  const response = await fetch(listener.url + path, init)
  await response.text()
  return response.status
}

const problems = [{ path: 'events[0].x', problem: 'unknown key', rule: 'unknown_key' as const }]

describe('a refused request is reported', () => {
  it.each<[what: string, status: number, rule: string, result?: IntakeResult, path?: string]>([
    ['that is not valid', 400, 'unknown_key', { kind: 'invalid', problems }, 'events[0].x'],
    ['of another site', 403, 'wrong_site', { kind: 'wrong_site', isKnown: true }],
    ['of an unknown site', 403, 'unknown_site', { kind: 'wrong_site', isKnown: false }],
    ['that cannot be stored', 503, 'unavailable', { kind: 'unavailable' }],
  ])('%s: %s %s', async (_, status, rule, given, path = '') => {
    result = given as IntakeResult
    for (const route of ['/e', '/v1/events'] as const) {
      expect(await post(route, '{}')).toBe(status)
      expect(refusals.pop()).toEqual({ site: 'shop.example', route, status, rule, path })
    }
  })

  it.each<[what: string, status: number, rule: string, body: string, headers?: Record<string, string>]>([
    ['that is no JSON', 400, 'invalid_json', '{'],
    ['of another media type', 415, 'media_type', '{}', { 'content-type': 'text/html' }],
    ['with an encoding', 415, 'content_encoding', '{}', { 'content-encoding': 'gzip' }],
    ['that is too large', 413, 'too_large', ' '.repeat(1_048_577)],
  ])('%s: %s %s', async (_, status, rule, body, headers) => {
    for (const route of ['/e', '/v1/events'] as const) {
      expect(await post(route, body, headers)).toBe(status)
      expect(refusals.pop()).toEqual({ site: 'shop.example', route, status, rule, path: '' })
    }
  })

  it('with a hundred problems, and the number of the others', async () => {
    const answerOf = async (count: number) => {
      result = { kind: 'invalid', problems: Array<typeof problems>(count).fill(problems).flat() }
      const response = await fetch(`${listener.url}/e`, {
        method: 'POST',
        body: '{}',
        headers: headersOf['/e'],
      })
      return (await response.json()) as { problems: unknown[]; problems_omitted?: number }
    }
    const all = await answerOf(100)
    expect(all.problems).toHaveLength(100)
    expect(all).not.toHaveProperty('problems_omitted')
    const some = await answerOf(250)
    expect(some.problems).toHaveLength(100)
    expect(some.problems_omitted).toBe(150)
  })

  it.each([
    [{}, 'send the API key of the site as "Authorization: Bearer KEY"'],
    [{ authorization: 'Basic abc' }, 'send the API key of the site as "Authorization: Bearer KEY"'],
    [{ authorization: 'Bearer bad' }, 'this API key is not known'],
  ])('with what is wrong with the key of %o', async (headers, error) => {
    const response = await fetch(`${listener.url}/v1/events`, { method: 'POST', body: '{}', headers })
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ error })
  })

  it('without a key, of no known site', async () => {
    expect(await post('/v1/events', '{}', { authorization: 'Bearer bad' })).toBe(401)
    expect(refusals).toEqual([
      { site: undefined, route: '/v1/events', status: 401, rule: 'no_key', path: '' },
    ])
  })

  it('above the limit of requests', async () => {
    isLimited = true
    expect(await post('/e', '{}')).toBe(429)
    expect(refusals).toEqual([
      { site: 'shop.example', route: '/e', status: 429, rule: 'rate_limit', path: '' },
    ])
  })

  it('of a page under the site that its body names, else under that of its host', async () => {
    result = { kind: 'invalid', problems }
    const foreign = { origin: 'https://foreign.example' }
    await post('/e', '{"site": "www.shop.example"}', foreign)
    await post('/e', '{"site": "nobody.example"}', foreign)
    await post('/e', '{"site": 5}')
    await post('/e', '5')
    await post('/e', 'null', { origin: 'null' })
    expect(refusals.map((refusal) => refusal.site)).toEqual([
      'shop.example',
      undefined,
      'shop.example',
      'shop.example',
      undefined,
    ])
  })

  it('and an accepted one is not', async () => {
    const answer = { accepted: 0, duplicates: 0, skipped: [], ids: [] }
    result = { kind: 'stored', answer, clickIds: [] }
    expect(await post('/e', '{}')).toBe(202)
    expect(refusals).toEqual([])
  })
})
