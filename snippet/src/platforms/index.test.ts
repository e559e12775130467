import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  google,
  type Platform,
  tcf,
  tcfInFrame,
  wordpress,
} from '../../../tests/support/snippet/platforms.js'
import { resetBrowser, settle, startOfTest, type Visit, visit } from '../../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const landing = 'https://www.shop.example/?ttclid=abc'
const open = (before?: () => void, data: Record<string, string> = {}) =>
  visit({ script: 'full', url: landing, data: { pageview: 'off', ...data }, before })

const expectNothingStoredOrSent = (page: Visit) =>
  expect([page.posts, page.beacons, Object.keys(localStorage), document.cookie]).toEqual([[], [], [], ''])

/** With a platform on the page, `data-consent` makes no difference. */
const cases: [string, () => Platform, Record<string, string>][] = [
  ['TCF', tcf, {}],
  ['TCF in a frame', tcfInFrame(false), {}],
  ['TCF in a frame that answers with text', tcfInFrame(true), {}],
  ['Google consent mode', google, {}],
  ['WP Consent API', wordpress, {}],
].flatMap(([name, create]) => [
  [name, create, {}],
  [`${name}, consent required`, create, { consent: 'required' }],
]) as never

describe.each(cases)('%s', (_name, create, data) => {
  let platform: Platform
  beforeEach(() => {
    platform = create()
  })

  test('nothing is stored or sent before a decision, not even when the page ends', async () => {
    const page = await open(platform.install, data)
    page.tagferry.track('Lead')
    platform.decide('undecided')
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    await settle()
    expectNothingStoredOrSent(page)
  })

  test('consent sends held events once, with their original time', async () => {
    const page = await open(platform.install, data)
    platform.decide('undecided')
    page.tagferry.track('Lead')
    await vi.advanceTimersByTimeAsync(60_000)
    platform.decide('granted')
    platform.decide('granted')
    await settle()
    expect(page.sent('Lead')).toMatchObject([
      {
        event_time: startOfTest.getTime() / 1000,
        user: { ttclid: 'abc' },
        privacy: { consent: 'granted' },
      },
    ])
  })

  test('consent given before the script started counts', async () => {
    const page = await open(() => {
      platform.install()
      platform.decide('granted')
    }, data)
    page.tagferry.track('Lead')
    await settle()
    expect(page.sent('Lead')[0]?.privacy).toEqual({ consent: 'granted' })
  })

  test('a refusal drops held events and sends nothing', async () => {
    const page = await open(platform.install, data)
    const skipped = vi.fn()
    page.tagferry.on('skipped', skipped)
    page.tagferry.track('Lead')
    platform.decide('denied')
    await settle()
    window.dispatchEvent(new Event('load'))
    page.tagferry.track('Search')
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    await settle()
    expectNothingStoredOrSent(page)
    expect(skipped.mock.calls.map(([event, reason]) => [event.event, reason])).toEqual([
      ['Lead', 'consent'],
      ['Search', 'consent'],
    ])
    platform.decide('granted')
    await settle()
    expect(page.posts).toEqual([])
  })

  test('a withdrawal empties the storage and is sent to the collector once', async () => {
    const page = await open(platform.install, data)
    page.tagferry.identify({ email: 'jane@example.com', first_name: 'Jane' })
    page.tagferry.track('Lead')
    platform.decide('granted')
    await settle()
    expect(page.names()).toEqual(['Lead'])
    platform.decide('denied')
    await settle()
    page.tagferry.track('Search')
    await settle()
    expect(page.beacons).toMatchObject([
      {
        site: 'shop.example',
        events: [
          {
            event: 'ConsentWithdrawn',
            user: { ttclid: 'abc', email: 'jane@example.com' },
            privacy: { consent: 'denied' },
          },
        ],
      },
    ])
    expect(page.beacons[0]?.events[0]?.user).not.toHaveProperty('first_name')
    expect(page.names()).toEqual(['Lead'])
    expect([Object.keys(localStorage), document.cookie]).toEqual([[], ''])
  })

  test.each([
    ['DOMContentLoaded', () => window.dispatchEvent(new Event('DOMContentLoaded'))],
    ['load', () => window.dispatchEvent(new Event('load'))],
    ['3 seconds', () => vi.advanceTimersByTimeAsync(3000)],
  ])('a platform that loads late is detected after %s', async (_when, pass) => {
    const page = await open(undefined, { consent: 'required' })
    page.tagferry.track('Lead')
    await settle()
    platform.install()
    await pass()
    platform.decide('undecided')
    await settle()
    expectNothingStoredOrSent(page)
    platform.decide('granted')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})

test('without a platform and data-consent, events are sent without claiming consent', async () => {
  const page = await open()
  page.tagferry.track('Lead')
  await settle()
  expect(page.sent('Lead')[0]?.privacy).toEqual({})
})

test('the core script ignores platforms', async () => {
  const platform = tcf()
  const page = await visit({ before: platform.install })
  await settle()
  expect(page.names()).toEqual(['Pageview'])
})

describe('of several answers the strictest wins', () => {
  const openWithBoth = async (first: Platform, second: Platform) => {
    const page = await open(() => {
      first.install()
      second.install()
    })
    page.tagferry.track('Lead')
    first.decide('granted')
    return page
  }

  test('nothing is sent while one platform is undecided, even if another granted before the script started', async () => {
    const [first, second] = [tcf(), google()]
    const page = await open(() => {
      first.install()
      first.decide('granted')
      second.install()
    })
    page.tagferry.track('Lead')
    await settle()
    expectNothingStoredOrSent(page)
  })

  test.each([
    ['Google consent mode is undecided', tcf, google, 'undecided'],
    ['TCF denies', wordpress, tcf, 'denied'],
    ['the WP Consent API denies', google, wordpress, 'denied'],
  ] as const)(
    'nothing is sent if one platform grants and %s',
    async (_case, createFirst, createSecond, decision) => {
      const second = createSecond()
      const page = await openWithBoth(createFirst(), second)
      second.decide(decision)
      await settle()
      expectNothingStoredOrSent(page)
    },
  )

  test('nothing is sent while the page grants but the platform is undecided', async () => {
    const platform = tcf()
    const page = await open(platform.install, { consent: 'required' })
    page.tagferry.consent('grant')
    page.tagferry.track('Lead')
    await settle()
    expectNothingStoredOrSent(page)
  })

  test('nothing is sent if the platform grants but the page revokes', async () => {
    const platform = tcf()
    const page = await open(platform.install)
    page.tagferry.consent('revoke')
    page.tagferry.track('Lead')
    platform.decide('granted')
    await settle()
    expectNothingStoredOrSent(page)
  })

  test('events are sent if all platforms grant', async () => {
    const second = google()
    const page = await openWithBoth(tcf(), second)
    second.decide('granted')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})
