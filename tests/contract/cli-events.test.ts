// Tests the commands send, tail, healthcheck and version beside a running collector: output and exit codes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli, startCli } from '../support/cli.js'
import { temporaryDir } from '../support/temporary.js'
import { newId, purchase, sites, startTestSystem, type TestSystem } from '../support/test-system.js'
import { waitFor } from '../support/wait.js'

const key = 'api-key-of-shop-0001'
const refused = '{"code":40002,"message":"Invalid value","request_id":"r-no"}'
const accepted = '{"code":0,"message":"OK","request_id":"r-yes","data":{}}'
let system: TestSystem
let env: Record<string, string>
const tagferry = (...args: string[]) => runCli(args, env)
const at = (...args: string[]) => tagferry(...args, '--url', system.collector.origin)

beforeAll(async () => {
  system = await startTestSystem({}, ({ body }, response) =>
    response.end(body.data.some(({ event }) => event === 'Search') ? refused : accepted),
  )
  env = {
    TAGFERRY_DATA_DIR: system.collector.dataDir,
    TAGFERRY_API_KEYS: JSON.stringify([{ site: 'shop.example', key }]),
    TAGFERRY_SITES: JSON.stringify(sites),
  }
})
afterAll(() => system?.stop())

describe('send', () => {
  it("posts an event and prints TikTok's answer", async () => {
    const { code, out, err } = await at(
      ...['send', 'Purchase', '--override', 'user.email=jane@example.com'],
      ...['--override', 'properties.value=49.9', '--override', 'properties.currency=EUR'],
    )
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const [, eventId = ''] = /^\d\d:\d\d:\d\d --> Purchase \[(\S+)\] shop\.example\n/.exec(out) ?? []
    expect(out).toMatch(/\n\d\d:\d\d:\d\d <-- \[0 OK\] \d+ ms \[r-yes\] Purchase \[\S+\]\n$/)
    const sent = await system.tiktok.event(eventId)
    expect(sent.properties).toEqual({ value: 49.9, currency: 'EUR' })
    expect(sent.user.email).toMatch(/^[0-9a-f]{64}$/)
  })

  it('reads the event from a file, and overrides a field from the command line', async () => {
    const file = join(temporaryDir(), 'event.json')
    const eventId = newId()
    const contents = [{ content_id: 'sku-1', price: 1 }]
    // Editors on Windows write a byte order mark.
    writeFileSync(file, `\ufeff${JSON.stringify(purchase({ event_id: eventId, properties: { contents } }))}`)
    const { code, out } = await at(
      ...['send', '--file', file, '--override', 'properties.contents.0.price=2'],
      ...['--override', 'user.zip_code=00501', '--json'],
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ...{ event: 'Purchase', eventId, site: 'shop.example', vendor: 'tiktok', state: 'delivered' },
      ...{ code: 0, requestId: 'r-yes', ms: expect.any(Number) },
    })
    const sent = await system.tiktok.event(eventId)
    expect(sent.properties?.contents).toEqual([{ content_id: 'sku-1', price: 2 }])
    const again = await at('send', '--file', file)
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('is a duplicate') })
  })

  it('prints what was left out', async () => {
    const { code, err } = await at('send', 'Lead', '--override', 'page.url=about:blank')
    expect(err).toBe('Warning: page.url: left out: no address of a web page\n')
    expect(code).toBe(0)
  })

  it('exits with 1 if TikTok refuses the event', async () => {
    const { code, out } = await at('send', 'Search')
    expect(out).toMatch(
      /<-- failed: .*\[40002 Invalid value\] \d+ ms \[r-no\]|<-- failed \[40002 Invalid value\]/,
    )
    expect(code).toBe(1)
  })

  it.each<[string, string[], string]>([
    [
      'an invalid value',
      ['Lead', '--override', 'properties.value=1,5'],
      'events[0].properties.value: expected',
    ],
    ['an unknown field', ['Lead', '--override', 'surprise=1'], 'events[0].surprise: unknown key'],
    ['a wrong key', ['Lead', '--key', 'nobody-has-this-key', '--site', 'shop.example'], '(401)'],
    ['the key of another site', ['Lead', '--key', key, '--site', 'other.example'], '(403)'],
    ['no consent', ['Lead', '--override', 'privacy.consent=denied'], 'Skipped: consent.'],
  ])('exits with 1 for %s, and says why', async (_what, args, message) => {
    const { code, err } = await at('send', ...args)
    expect(err).toContain(message)
    expect(code).toBe(1)
  })

  it('names the address at which no collector answers', async () => {
    const { code, err } = await tagferry('send', 'Lead', '--url', 'http://127.0.0.1:9')
    expect(err).toContain('No collector answers at http://127.0.0.1:9 (')
    expect(code).toBe(1)
  })

  it('reads the key from TAGFERRY_KEY, which is not a setting of the collector', async () => {
    const withKey = { TAGFERRY_DATA_DIR: system.collector.dataDir, TAGFERRY_KEY: key }
    const args = ['send', 'Lead', '--url', system.collector.origin]
    expect((await runCli([...args, '--site', 'shop.example'], withKey)).code).toBe(0)
    expect(await runCli(args, withKey)).toMatchObject({ code: 2, err: expect.stringContaining('--site') })
    const none = { TAGFERRY_DATA_DIR: system.collector.dataDir }
    expect(await runCli(args, none)).toMatchObject({ code: 2, err: expect.stringContaining('no API key') })
  })

  it('works without the store of the collector', async () => {
    const elsewhere = { TAGFERRY_DATA_DIR: temporaryDir(), TAGFERRY_KEY: key }
    const args = ['send', 'Lead', '--site', 'shop.example', '--url', system.collector.origin]
    const { code, out } = await runCli(args, elsewhere)
    expect(out).toContain('the store is not on this machine')
    expect(code).toBe(0)
  })

  it.each<[string[], number, string]>([
    [[], 2, 'Say which event'],
    [['Lead', '--override', 'novalue'], 2, 'sets nothing'],
    [['--file', '/nowhere.json'], 2, 'cannot be read'],
    [['Lead', '--wait', 'long'], 2, '--wait takes seconds'],
    [['Lead', '--url', 'shop'], 1, 'is no address'],
  ])('refuses %j with exit code %i', async (args, expected, message) => {
    const { code, err } = await tagferry('send', ...args)
    expect(code).toBe(expected)
    expect(err).toContain(message)
  })
})

describe('tail', () => {
  it('prints events and the answers to them until it is stopped', async () => {
    const all = startCli(['tail', '--site', 'shop.example'], env)
    const failed = startCli(['tail', '--filter', 'status:failed', '--json'], env)
    const [good, bad] = [newId(), newId()]
    // tail prints nothing when it starts, so events are sent until it prints one.
    while (all.out() === '' || failed.out() === '') {
      await system.postAsServer({ site: 'shop.example', events: [{ event: 'Contact' }, { event: 'Search' }] })
      await sleep(500)
    }
    await system.postAsServer({
      site: 'shop.example',
      events: [
        { event: 'Lead', event_id: good, user: { external_id: 'u' } },
        { event: 'Search', event_id: bad },
      ],
    })
    const countOf = (text: string) => failed.out().split(text).length - 1
    await waitFor('the event and its answer', () => countOf(bad) >= 2)
    await waitFor('the answer to the good event', () => all.out().includes(`[r-yes] Lead [${good}]`))
    all.stop()
    failed.stop('SIGTERM')
    const [ofAll, ofFailed] = await Promise.all([all.ended, failed.ended])
    expect([ofAll.code, ofAll.err, ofFailed.code, ofFailed.err]).toEqual([0, '', 0, ''])
    expect(ofAll.out).toMatch(new RegExp(`\\d --> Lead \\[${good}\\] shop\\.example\\n`))
    const lines = ofFailed.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.filter(({ eventId }) => eventId === bad)).toEqual([
      expect.objectContaining({ kind: 'arrival', event: 'Search' }),
      expect.objectContaining({ kind: 'answer', state: 'failed', code: 40002, requestId: 'r-no' }),
    ])
    expect(ofFailed.out).not.toContain(good)
  })

  it('refuses an invalid filter, and a folder without a store', async () => {
    expect(await tagferry('tail', '--filter', 'status:lost')).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no filter'),
    })
    const elsewhere = await runCli(['tail'], { TAGFERRY_DATA_DIR: temporaryDir() })
    expect(elsewhere).toMatchObject({ code: 2, err: expect.stringContaining('There is no') })
  })
})

describe('healthcheck', () => {
  it('exits with 0 if the collector is ready, and with 1 for any other answer', async () => {
    expect(await at('healthcheck')).toEqual({ code: 0, out: 'ready\n', err: '' })
    expect(JSON.parse((await at('healthcheck', '--json')).out)).toMatchObject({ ready: true })
    const { port } = new URL(system.collector.origin)
    expect((await runCli(['healthcheck'], { TAGFERRY_PORT: port, TAGFERRY_HOST: '0.0.0.0' })).code).toBe(0)
    const away = await tagferry('healthcheck', '--url', 'http://127.0.0.1:9')
    expect(away).toMatchObject({ code: 1, err: expect.stringContaining('No collector answers') })
    expect((await tagferry('healthcheck', '--url', 'shop')).code).toBe(1)
  })
})

it('version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(await tagferry('version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  expect(JSON.parse((await tagferry('version', '--json')).out)).toEqual({
    version,
    node: process.versions.node,
  })
})
