import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { google, type Platform, tcf, tcfInFrame, wordpress } from '../../testing/platforms.js'
import { forgetVisits, settle, startOfTest, type Visit, visit } from '../../testing/visit.js'

afterEach(forgetVisits)

const landing = 'https://www.shop.example/?ttclid=abc'
const open = (before?: () => void, data: Record<string, string> = {}) =>
  visit({ script: 'full', url: landing, data: { pageview: 'off', ...data }, before })

const expectNothing = (page: Visit) =>
  expect([page.posts, page.beacons, Object.keys(localStorage), document.cookie]).toEqual([[], [], [], ''])

/** With a platform on the page it is the same whether the tag requires consent or not. */
const cases: [string, () => Platform, Record<string, string>][] = [
  ['TCF', tcf, {}],
  ['TCF in a frame', tcfInFrame(false), {}],
  ['TCF in a frame that answers as text', tcfInFrame(true), {}],
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

  test('undecided: nothing is stored or sent, not even when the page ends', async () => {
    const page = await open(platform.appear, data)
    page.tagferry.track('Lead')
    platform.say('ask')
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    await settle()
    expectNothing(page)
  })

  test('an answer lets go what was held, once and with its original time', async () => {
    const page = await open(platform.appear, data)
    platform.say('ask')
    page.tagferry.track('Lead')
    await vi.advanceTimersByTimeAsync(60_000)
    platform.say('agree')
    platform.say('agree')
    await settle()
    expect(page.sent('Lead')).toMatchObject([
      {
        event_time: startOfTest.getTime() / 1000,
        user: { ttclid: 'abc' },
        privacy: { consent: 'granted' },
      },
    ])
  })

  test('an answer that was there before the script counts', async () => {
    const page = await open(() => {
      platform.appear()
      platform.say('agree')
    }, data)
    page.tagferry.track('Lead')
    await settle()
    expect(page.sent('Lead')[0]?.privacy).toEqual({ consent: 'granted' })
  })

  test('refused: what was held is dropped for good, and nobody is told', async () => {
    const page = await open(platform.appear, data)
    const skipped = vi.fn()
    page.tagferry.on('skipped', skipped)
    page.tagferry.track('Lead')
    platform.say('refuse')
    await settle()
    window.dispatchEvent(new Event('load'))
    page.tagferry.track('Search')
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    await settle()
    expectNothing(page)
    expect(skipped.mock.calls.map(([event, reason]) => [event.event, reason])).toEqual([
      ['Lead', 'consent'],
      ['Search', 'consent'],
    ])
    platform.say('agree')
    await settle()
    expect(page.posts).toEqual([])
  })

  test('withdrawn: what is kept is emptied, and the collector learns whose it was, once', async () => {
    const page = await open(platform.appear, data)
    page.tagferry.identify({ email: 'jane@example.com', first_name: 'Jane' })
    page.tagferry.track('Lead')
    platform.say('agree')
    await settle()
    expect(page.names()).toEqual(['Lead'])
    platform.say('refuse')
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
  ])('a stub that comes late is found after %s', async (_when, pass) => {
    const page = await open(undefined, { consent: 'required' })
    page.tagferry.track('Lead')
    await settle()
    platform.appear()
    await pass()
    platform.say('ask')
    await settle()
    expectNothing(page)
    platform.say('agree')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})

test('without a platform and without data-consent all is sent, and no consent claimed', async () => {
  const page = await open()
  page.tagferry.track('Lead')
  await settle()
  expect(page.sent('Lead')[0]?.privacy).toEqual({})
})

test('the core script listens to nobody', async () => {
  const platform = tcf()
  const page = await visit({ before: platform.appear })
  await settle()
  expect(page.names()).toEqual(['Pageview'])
})

describe('of several answers the strictest wins:', () => {
  const both = async (first: Platform, second: Platform) => {
    const page = await open(() => {
      first.appear()
      second.appear()
    })
    page.tagferry.track('Lead')
    first.say('agree')
    return page
  }

  test('one agreed before the script, the other was only asked', async () => {
    const [first, second] = [tcf(), google()]
    const page = await open(() => {
      first.appear()
      first.say('agree')
      second.appear()
    })
    page.tagferry.track('Lead')
    await settle()
    expectNothing(page)
  })

  test.each([
    ['one has not answered', tcf, google, 'ask'],
    ['one refuses', wordpress, tcf, 'refuse'],
    ['the other refuses', google, wordpress, 'refuse'],
  ] as const)('%s', async (_what, first, second, word) => {
    const other = second()
    const page = await both(first(), other)
    other.say(word)
    await settle()
    expectNothing(page)
  })

  test('the page agrees, the platform has not', async () => {
    const platform = tcf()
    const page = await open(platform.appear, { consent: 'required' })
    page.tagferry.consent('grant')
    page.tagferry.track('Lead')
    await settle()
    expectNothing(page)
  })

  test('the platform agrees, the page does not', async () => {
    const platform = tcf()
    const page = await open(platform.appear)
    page.tagferry.consent('revoke')
    page.tagferry.track('Lead')
    platform.say('agree')
    await settle()
    expectNothing(page)
  })

  test('all agree', async () => {
    const other = google()
    const page = await both(tcf(), other)
    other.say('agree')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})
