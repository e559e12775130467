// Tests which bodies are refused before they are parsed as events: not JSON, too large, another media type.
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { peakMemoryMb } from '../support/program.js'
import { newId, purchase, startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterEach(() => system.expectServing())
afterAll(() => system.stop())

const valid = () => JSON.stringify(purchase())
const nested = (levels: number, inner = '1') => `${'{"a":'.repeat(levels)}${inner}${'}'.repeat(levels)}`
const withProperty = (json: string) =>
  `{"site":"shop.example","events":[{"event":"Purchase","event_id":"${newId()}","properties":{"deep":${json}}}]}`
const ofSize = (bytes: number) => valid().padEnd(bytes)

describe('400 without storing anything', () => {
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['white space', ' \n'],
    ['half of a body', valid().slice(0, 40)],
    ['a trailing comma', valid().replace(/}$/, ',}')],
    ['a second body behind the first', valid() + valid()],
    ['single quotes', valid().replaceAll('"', "'")],
    ['NaN', withProperty('NaN')],
    ['an unfinished text', '{"site":"shop.example'],
    ['a raw line break in a text', '{"site":"shop\n.example"}'],
    ['a number', '42'],
    ['null', 'null'],
    ['a text', '"shop.example"'],
    ['a list', `[${valid()}]`],
    ['an empty object', '{}'],
    ['32,000 levels and nothing else', `${'['.repeat(32_000)}${']'.repeat(32_000)}`],
    ['a form', 'site=shop.example&events=1'],
    [
      'an invalid UTF-8 byte',
      Buffer.concat([Buffer.from('{"site":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    ],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a truncated character', Buffer.from([0x22, 0xe2, 0x82])],
    ['UTF-16', Buffer.from(valid(), 'utf16le')],
    ['a gzip stream called plain', gzipSync(valid())],
  ])('%s', async (_, body) => {
    const { status, json } = await system.post(body)
    expect(status).toBe(400)
    expect(json).toMatchObject({
      error: expect.any(String),
      problems: expect.arrayContaining([expect.any(Object)]),
    })
  })

  it('an invalid byte in the e-mail is not replaced by a sign that would be hashed', async () => {
    const [before = '', after = ''] = JSON.stringify(purchase({ user: { email: 'a#b@example.com' } })).split(
      '#',
    )
    const body = Buffer.concat([Buffer.from(before), Buffer.from([0xe9]), Buffer.from(after)])
    expect((await system.post(body)).status).toBe(400)
  })
})

it.each([
  ['13 levels', nested(9)],
  ['6,000 levels of objects', nested(6_000)],
  ['6,000 levels of lists', `${'['.repeat(6_000)}${']'.repeat(6_000)}`],
])('%s are refused of a server, and what is too deep is left out of a page', async (_, json) => {
  const refused = await system.postAsServer(withProperty(json))
  expect(refused.status).toBe(400)
  expect(JSON.stringify(refused.json)).toContain('events[0].properties.deep')
  const { status, text } = await system.post(withProperty(json))
  expect(status).toBe(202)
  expect(text).toContain('nested deeper than 12 levels; it was left out')
})

it('eight levels inside of properties are accepted', async () => {
  expect((await system.postAsServer(withProperty(nested(8)))).status).toBe(202)
})

it.each<[string, () => Buffer]>([
  [
    'UTF-8 with a byte order mark',
    () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(valid())]),
  ],
])('%s is accepted', async (_, body) => {
  expect((await system.post(body())).json).toMatchObject({ accepted: 1 })
})

it.each<[string, () => Buffer]>([
  ['little-endian', () => Buffer.from(valid(), 'utf16le')],
  ['little-endian with a byte order mark', () => Buffer.from(`\ufeff${valid()}`, 'utf16le')],
  ['big-endian', () => Buffer.from(valid(), 'utf16le').swap16()],
  ['big-endian with a byte order mark', () => Buffer.from(`\ufeff${valid()}`, 'utf16le').swap16()],
])('%s UTF-16 is called so', async (_, body) => {
  expect((await system.post(body())).json).toMatchObject({ error: 'the body is UTF-16; send UTF-8' })
})

describe('413', () => {
  it('64 KiB are accepted, and one byte more is refused', async () => {
    expect((await system.post(ofSize(65_536))).status).toBe(202)
    expect((await system.post(ofSize(65_537))).status).toBe(413)
    expect((await system.post(ofSize(65 * 1024))).status).toBe(413)
  })

  it('a body without a length has the same limit', async () => {
    const headers = { 'transfer-encoding': 'chunked' }
    expect((await system.post(ofSize(65_536), { headers })).status).toBe(202)
    expect((await system.post(ofSize(65_537), { headers })).status).toBe(413)
  })

  it('1 MiB from a server is accepted, and one byte more is refused', async () => {
    expect((await system.postAsServer(ofSize(1_048_576))).status).toBe(202)
    expect((await system.postAsServer(ofSize(1_048_577))).status).toBe(413)
  })
})

describe('media types', () => {
  it.each([
    'text/plain',
    'text/plain;charset=UTF-8',
    'text/plain; charset=utf-8',
    'Text/Plain; Charset="UTF-8"',
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;',
    'application/json ; ; charset=utf8',
    'application/json; charset="UTF8"; profile="a;b"',
    'application/json; charset=',
    'text/plain; format=flowed; charset=us-ascii',
  ])('%s is accepted', async (type) => {
    expect((await system.post(valid(), { headers: { 'content-type': type } })).status).toBe(202)
  })

  it.each([
    'text/plain; charset=utf-7',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'text/plain; charset=iso-8859-1',
    'text/html',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/json-evil',
    'text/plain, application/json',
    'x/text/plain',
  ])('%s is answered 415', async (type) => {
    expect((await system.post(valid(), { headers: { 'content-type': type } })).status).toBe(415)
  })

  it.each(['gzip', 'br', 'deflate', 'GZIP', 'gzip, gzip', 'zstd', 'x-evil'])(
    'a body with Content-Encoding: %s is refused',
    async (encoding) => {
      const headers = { 'content-encoding': encoding }
      expect((await system.post(gzipSync(valid()), { headers })).status).toBe(415)
    },
  )

  it('gzip bombs are never unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20))
    const headers = { 'content-encoding': 'gzip' }
    const before = peakMemoryMb(system.collector.pid)
    const answers = await Promise.all(Array.from({ length: 30 }, () => system.post(bomb, { headers })))
    for (const { status } of answers) expect([413, 415]).toContain(status)
    // Unpacked they would take 600 MB.
    expect(peakMemoryMb(system.collector.pid) - before).toBeLessThan(200)
  })
})
