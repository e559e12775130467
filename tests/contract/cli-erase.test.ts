// Tests the commands erase and replay beside a running collector, and the usage errors of commands.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { type Collector, startCollector } from '../support/collector.js'
import { expectAccepted, postAsPage } from '../support/events.js'

const site = {
  domain: 'shop.example',
  pixelCode: 'CHRTV0567FRME7OQ5DI0',
  accessToken: 'not-a-real-token',
  country: 'US',
}

describe('a command', () => {
  let collector: Collector
  const env = { TAGFERRY_SITES: JSON.stringify([site]), TAGFERRY_TIKTOK_URL: 'http://127.0.0.1:9' }
  const tagferry = async (...args: string[]) => {
    const { code, out, err } = await runCli(args, { ...env, TAGFERRY_DATA_DIR: collector.dataDir })
    return { code, text: out + err }
  }

  beforeAll(async () => {
    collector = await startCollector({ env })
    const users = [
      { email: 'jane@example.com' },
      { phone: '(415) 555-1234' },
      { email: 'jane@example.com', phone: '+1 415 555 1234' },
      { external_id: 'u-42' },
      { email: 'john@example.com' },
    ]
    const events = users.map((user, index) => ({ event: 'Lead', event_id: String(index), user }))
    expectAccepted(await postAsPage(collector.origin, events))
  })
  afterAll(() => collector?.stop())

  it("erase removes a person's events, even pending ones, and prints how many", async () => {
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
  ])('%j exits with %i and prints "%s"', async (args, code, message) => {
    const result = await tagferry(...args)
    expect(result.text).toContain(message)
    expect(result.code).toBe(code)
  })
})
