import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  accept,
  denyAccess,
  resetBrowser,
  settle,
  setValue,
  visit,
} from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

describe('the page view', () => {
  test('is sent on load', async () => {
    const page = await visit()
    await settle()
    expect(page.names()).toEqual(['Pageview'])
  })

  test('is not sent with data-pageview="off"', async () => {
    const page = await visit({ data: { pageview: 'off' } })
    await settle()
    expect(page.posts).toEqual([])
  })

  test('is sent again by page()', async () => {
    const page = await visit()
    page.tagferry.page()
    await settle()
    expect(page.names()).toEqual(['Pageview', 'Pageview'])
  })

  test('of a prerendered page is sent when the page is shown', async () => {
    const page = await visit({ before: () => setValue(document, 'prerendering', true) })
    page.tagferry.track('ViewContent')
    await settle()
    expect(page.posts).toEqual([])
    setValue(document, 'prerendering', false)
    document.dispatchEvent(new Event('prerenderingchange'))
    await settle()
    expect(page.names()).toEqual(['Pageview', 'ViewContent'])
  })

  test('is not repeated by pageshow and visibilitychange', async () => {
    const page = await visit()
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    window.dispatchEvent(new Event('pageshow'))
    window.dispatchEvent(new Event('visibilitychange'))
    await settle()
    expect(page.names()).toEqual(['Pageview'])
  })

  test('is sent without delay in browsers without requestIdleCallback', async () => {
    const page = await visit({ before: () => setValue(window, 'requestIdleCallback', undefined) })
    expect(page.posts).toEqual([])
    await settle()
    expect(page.names()).toEqual(['Pageview'])
  })

  test('adds no listener that disables the back/forward cache', async () => {
    const types: string[] = []
    await visit({ before: () => setValue(window, 'addEventListener', (type: string) => types.push(type)) })
    await settle()
    expect(types).toContain('pagehide')
    expect(types).not.toContain('unload')
    expect(types).not.toContain('beforeunload')
  })
})

test.each([
  ['automated', 'https://www.shop.example/', true, {}],
  ['local', 'http://localhost:3000/', false, { site: 'localhost' }],
])('a browser that is %s is tracked like any other', async (_case, url, isAutomated, data) => {
  const page = await visit({ url, data, before: () => setValue(navigator, 'webdriver', isAutomated) })
  await settle()
  expect(page.names()).toEqual(['Pageview'])
})

describe('the site', () => {
  const hasEffect = async (url: string, data: Record<string, string> = {}) => {
    const page = await visit({ url, data })
    page.tagferry.track('Lead')
    page.tagferry.page()
    page.tagferry.consent('grant')
    await settle()
    window.dispatchEvent(new Event('pagehide'))
    return (
      page.posts.length > 0 || page.beacons.length > 0 || localStorage.length > 0 || document.cookie !== ''
    )
  }

  test.each([
    ['itself', 'https://shop.example/?ttclid=a', {}],
    ['a sub-domain', 'https://checkout.shop.example/', {}],
    ['an alias', 'https://shop.example.net/', { aliases: 'a.example, shop.example.net' }],
    ['a local name', 'http://shop.example.localhost/', { site: 'example.localhost' }],
  ])('is tracked on %s', async (_case, url, data) => {
    expect(await hasEffect(url, data as Record<string, string>)).toBe(true)
  })

  test.each([
    ['another domain', 'https://other.example/?ttclid=a', {}],
    ['a domain with the same ending', 'https://myshop.example/?ttclid=a', {}],
    ['a domain with the same beginning', 'https://shop.example.evil/?ttclid=a', {}],
    ['a sub-domain of an alias', 'https://www.alias.example/', { aliases: 'alias.example' }],
  ])('is not tracked or stored on %s', async (_case, url, data) => {
    expect(await hasEffect(url, data as Record<string, string>)).toBe(false)
  })

  test('defaults to the host without www', async () => {
    const page = await visit({ data: { site: undefined as never } })
    await settle()
    expect(page.posts[0]?.site).toBe('shop.example')
  })
})

describe('calls', () => {
  test('made before the script has loaded are replayed in order', async () => {
    const page = await visit({
      calls: [
        ['identify', [{ email: 'jane@example.com' }]],
        ['track', ['ViewContent']],
        ['track', ['AddToCart', { value: 2 }, { event_id: 'x' }]],
      ],
    })
    await settle()
    expect(page.names()).toEqual(['ViewContent', 'AddToCart', 'Pageview'])
    expect(page.posts[0]?.events[0]?.user?.email).toBe('jane@example.com')
    expect(page.posts[0]?.events[1]).toMatchObject({ event_id: 'x', properties: { value: 2 } })
  })

  test('that are invalid do not stop the others', async () => {
    const page = await visit({
      calls: [['track', [null]], ['fly', []], ['identify', []], null, ['track', ['Lead']]] as never,
    })
    await settle()
    expect(page.names()).toContain('Lead')
  })

  test('of track do not wait until the browser is idle', async () => {
    const page = await visit()
    page.tagferry.track('Lead')
    await vi.advanceTimersByTimeAsync(1)
    expect(page.names()).toEqual(['Pageview', 'Lead'])
  })
})

describe('listeners', () => {
  test('are called when an event is queued and when it is sent', async () => {
    const page = await visit({ data: { pageview: 'off' } })
    const calls: string[] = []
    page.tagferry.on('queued', (event) => calls.push(`queued ${event.event}`))
    page.tagferry.on('sent', (event) => calls.push(`sent ${event.event}`))
    page.tagferry.track('Lead')
    await settle()
    expect(calls).toEqual(['queued Lead', 'sent Lead'])
  })

  test('get the event that the collector skipped, and the reason', async () => {
    const page = await visit({
      data: { pageview: 'off' },
      respond: (body) => accept(body, [{ event_id: 'b', reason: 'bot' }]),
    })
    const skipped: unknown[] = []
    page.tagferry.on('skipped', (event, reason) => skipped.push([event.event_id, reason]))
    page.tagferry.track('Lead', {}, { event_id: 'a' })
    page.tagferry.track('Lead', {}, { event_id: 'b' })
    await settle()
    expect(skipped).toEqual([['b', 'bot']])
  })

  test('are called even if an earlier one throws', async () => {
    const page = await visit()
    const listener = vi.fn()
    page.tagferry.on('sent', () => {
      throw new Error('listener')
    })
    page.tagferry.on('sent', listener)
    await settle()
    expect(listener).toHaveBeenCalled()
  })
})

describe('the console', () => {
  test('stays empty without data-debug', async () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
    const page = await visit({ before: () => denyAccess(window, 'localStorage') })
    page.tagferry.track('Lead')
    await settle()
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  })

  test('shows with data-debug what was captured, queued and sent', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {})
    await visit({ url: 'https://www.shop.example/?ttclid=abc', data: { debug: '' } })
    await settle()
    const output = JSON.stringify(info.mock.calls)
    for (const text of ['abc', '"queued"', '"sent"']) expect(output).toContain(text)
  })
})
