/** Whether the commands beside `start` do what they say, also while the collector runs. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Collector, startCollector } from '../support/collector.js'

const main = fileURLToPath(new URL('../../collector/dist/main.js', import.meta.url))
const site = {
  domain: 'shop.example',
  pixelCode: 'CHRTV0567FRME7OQ5DI0',
  accessToken: 'not-a-real-token',
  country: 'US',
}
const run = promisify(execFile)

describe('a command', () => {
  let collector: Collector
  const env = { TAGFERRY_SITES: JSON.stringify([site]), TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' }
  const tagferry = (...args: string[]) =>
    run(process.execPath, [main, ...args], {
      env: { ...process.env, ...env, TAGFERRY_DATA_DIR: collector.dataDir },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
      ({ code, stdout, stderr }) => ({ code: code as number, text: stdout + stderr }),
    )

  beforeAll(async () => {
    collector = await startCollector({ env })
    const people = [
      { email: 'jane@example.com' },
      { phone: '(415) 555-1234' },
      { email: 'jane@example.com', phone: '+1 415 555 1234' },
      { external_id: 'u-42' },
      { email: 'john@example.com' },
    ]
    const events = people.map((user, index) => ({ event: 'Lead', event_id: String(index), user }))
    await fetch(`${collector.origin}/e`, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain',
        origin: 'https://shop.example',
        'user-agent': 'Firefox/140.0',
      },
      body: JSON.stringify({ site: site.domain, events }),
    })
  })
  afterAll(() => collector?.stop())

  it('erase removes a person’s events, waiting ones too, and says how many', async () => {
    expect(await tagferry('erase', '--email', ' JANE@example.com')).toEqual({
      code: 0,
      text: '2 events erased.\n',
    })
    expect(await tagferry('erase', '--phone', '4155551234')).toEqual({ code: 0, text: '1 event erased.\n' })
    expect(await tagferry('erase', '--external-id', 'u-42')).toEqual({ code: 0, text: '1 event erased.\n' })
    expect(await tagferry('erase', '--email', 'jane@example.com')).toEqual({
      code: 0,
      text: '0 events erased.\n',
    })
  })

  it.each([
    [['erase'], 2, 'Nobody was named'],
    [['replay'], 2, 'Say which'],
    [['replay', '--since', 'soon'], 2, 'A time is written'],
    [['replay', '--since', '2h'], 0, '0 events will be sent again'],
    [['bogus'], 2, 'There is no command bogus'],
    [['--help'], 0, 'erase'],
    [['replay', '--help'], 0, 'Example: tagferry replay --since 2h'],
  ])('%j ends with %i and says "%s"', async (args, code, words) => {
    const result = await tagferry(...args)
    expect(result.text).toContain(words)
    expect(result.code).toBe(code)
  })
})
