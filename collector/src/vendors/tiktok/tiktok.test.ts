import { describe, expect, it } from 'vitest'
import { examples } from '../../../../tests/support/tiktok-examples.js'
import { classOfCode } from './codes.js'
import { tiktok } from './kind.js'
import { map } from './map.js'
import { classifyResponse } from './response.js'
import { requestBody } from './send.js'

describe('map', () => {
  it.each(examples.map((example) => [example.title, example] as const))('%s', (_title, example) => {
    expect(map(example.in)).toEqual(example.out)
  })
})

describe('the body of a request', () => {
  const saved = { pixelCode: 'CHRTV0567FRME7OQ5DI0', accessToken: 'not-a-real-token' }
  const events = ['{"event":"Lead"}', '{"event":"Search"}']

  it('has the events as they are, and never the token', () => {
    expect(JSON.parse(requestBody(events, saved))).toEqual({
      event_source: 'web',
      event_source_id: 'CHRTV0567FRME7OQ5DI0',
      data: [{ event: 'Lead' }, { event: 'Search' }],
    })
  })

  it('grows by each event and one byte', () => {
    const [first = '', second = ''] = events
    expect(requestBody(events, saved)).toHaveLength(
      requestBody([], saved).length + first.length + 1 + second.length,
    )
  })

  it('has the test code of the events, else that of the connection', () => {
    const codeOf = (...given: Parameters<typeof requestBody>) =>
      JSON.parse(requestBody(...given)).test_event_code
    expect(codeOf(events, saved)).toBeUndefined()
    expect(codeOf(events, saved, 'TEST2')).toBe('TEST2')
    expect(codeOf(events, { ...saved, testEventCode: 'TEST1' })).toBe('TEST1')
    expect(codeOf(events, { ...saved, testEventCode: 'TEST1' }, 'TEST2')).toBe('TEST2')
  })
})

describe('return codes', () => {
  const table: Record<string, number[]> = {
    delivered: [0, 40050],
    refused: [20001, 40000, 40002, 40061, 40062, 40999, 49999],
    throttled: [40016, 40100, 40132, 51021, 61000],
    credentials_refused: [
      40001, 40003, 40006, 40007, 40051, 40063, 40103, 40104, 40105, 40106, 40107, 40110, 40113, 40117, 40118,
      40130, 40300, 40301, 40400, 41000,
    ],
    ambiguous: [
      40101, 40102, 40200, 40201, 40202, 40700, 50000, 50002, 51000, 51010, 51012, 51305, 52001, 53001, 60001,
      59999, 69999, 7, -1,
    ],
  }
  const cases = Object.entries(table).flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const))
  it.each(cases)('%i under HTTP 200 is %s', (code, kind) => {
    const body = JSON.stringify({ code, message: 'text', request_id: 'r1', data: {} })
    expect(classifyResponse(200, {}, body, 0)).toEqual({ kind, code, message: 'text', requestId: 'r1' })
  })

  it('an unknown code is never a success', () => {
    for (let code = 1; code < 100_000; code += 7) {
      if (code !== 40050) expect(classOfCode(code)).not.toBe('ok')
    }
  })
})

describe('responses without a code', () => {
  it.each([
    [200, '<html>hello</html>', 'ambiguous'],
    [200, '', 'ambiguous'],
    [200, 'null', 'ambiguous'],
    [200, '[]', 'ambiguous'],
    [200, '{"code": 0', 'ambiguous'],
    [200, '{"code": "0"}', 'ambiguous'],
    [204, '', 'ambiguous'],
    [502, '<html>Bad Gateway</html>', 'ambiguous'],
    [500, '{"code": 0}', 'ambiguous'],
    [408, '', 'ambiguous'],
    [429, '', 'throttled'],
    [401, '', 'credentials_refused'],
    [403, '', 'credentials_refused'],
    [301, '', 'refused'],
    [302, '{"code": 0}', 'refused'],
    [400, '', 'refused'],
    [413, '', 'refused'],
  ])('HTTP %i with %j is %s', (status, text, kind) => {
    expect(classifyResponse(status, {}, text, 0).kind).toBe(kind)
  })

  it.each([
    ['5', 5_000],
    ['Thu, 01 Jan 1970 00:00:09 GMT', 9_000],
    ['1e9', 1e12],
    ['-1', undefined],
    ['Wed, 31 Dec 1969 23:59:00 GMT', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('Retry-After %j is %s ms', (header, expected) => {
    expect(classifyResponse(429, { 'retry-after': header }, '', 0)).toMatchObject(
      expected ? { retryAfterMs: expected } : {},
    )
    expect('retryAfterMs' in classifyResponse(429, { 'retry-after': header }, '', 0)).toBe(
      expected !== undefined,
    )
  })
})

describe('credentials', () => {
  it.each([
    [' chrtv0567frme7oq5di0 ', 'CHRTV0567FRME7OQ5DI0'],
    ['D2QE402IJJSDR907MLO0', 'D2QE402IJJSDR907MLO0'],
    ['B2QE402IJJSDR907MLO0', undefined],
    ['C123', undefined],
    ['Pixel: CHRTV0567FRME7OQ5DI0', undefined],
  ])('Pixel Code %j is %s', (code, expected) => {
    const read = tiktok.credentials.pixelCode as unknown as { safeParse(value: string): { data?: unknown } }
    expect(read.safeParse(code).data).toBe(expected)
  })

  it.each([
    ['https://business-api.tiktok.com', true],
    ['http://127.0.0.1:8081', true],
    ['http://localhost:8081', true],
    ['http://[::1]:8081', true],
    ['http://business-api.tiktok.com', false],
    ['http://127.0.0.1.evil.example', false],
    ['https://user:pass@business-api.tiktok.com', false],
    ['https://business-api.tiktok.com/other/path', false],
    ['ftp://127.0.0.1', false],
    ['nonsense', false],
  ])('the API at %s: %s', (url, allowed) => {
    const read = tiktok.settings.tiktokUrl as unknown as { safeParse(value: string): { success: boolean } }
    expect(read.safeParse(url).success).toBe(allowed)
  })
})
