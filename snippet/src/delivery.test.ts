import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  accept,
  resetBrowser,
  settle,
  setValue,
  startOfTest,
  visit,
} from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const noPageview = { pageview: 'off' }
const respondWith = (code: number, headers: Record<string, string> = {}) =>
  new Response('{}', { status: code, headers })
const readOutbox = () => JSON.parse(localStorage.getItem('tagferry_outbox') ?? '[]')

describe('a request', () => {
  test('is text/plain by default, with keepalive and cookies', async () => {
    const page = await visit()
    await settle()
    expect(page.requests[0]).toMatchObject({
      method: 'POST',
      keepalive: true,
      credentials: 'include',
      referrer: 'https://www.shop.example/tagferry/e',
    })
    expect(page.requests[0]).not.toHaveProperty('headers')
  })

  test('carries the site, its key and the time', async () => {
    const page = await visit({ data: { siteKey: 'pk_1' } })
    await settle()
    expect(page.posts[0]).toMatchObject({
      site: 'shop.example',
      site_key: 'pk_1',
      sent_at: startOfTest.getTime() + 50,
    })
  })

  test('goes to data-endpoint if it is set', async () => {
    const page = await visit({ data: { endpoint: '/collect' } })
    await settle()
    expect(page.requests[0]?.referrer).toBe('/collect')
  })

  test('contains all events tracked at the same time', async () => {
    const page = await visit()
    page.tagferry.track('Lead')
    page.tagferry.track('Search')
    await settle()
    expect(page.posts[0]?.events.map((event) => event.event)).toEqual(['Pageview', 'Lead', 'Search'])
  })

  test('is aborted after 20 seconds, so that other tabs can send', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const page = await visit({ data: noPageview })
    page.tagferry.track('Lead')
    await settle()
    expect(timeout).toHaveBeenCalledWith(20_000)
    expect(page.requests[0]?.signal).toBe(timeout.mock.results[0]?.value)
  })

  test('has no timeout in browsers without AbortSignal.timeout', async () => {
    const page = await visit({ data: noPageview, before: () => setValue(AbortSignal, 'timeout', undefined) })
    page.tagferry.track('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })

  test('is repeated at once without keepalive when the browser rejects it', async () => {
    const keepalives: unknown[] = []
    const page = await visit({
      data: noPageview,
      respond: (body, request) => {
        keepalives.push(request.keepalive)
        if (request.keepalive) throw new TypeError('quota')
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await settle()
    expect(keepalives).toEqual([true, undefined])
    expect(readOutbox()).toEqual([])
  })
})

describe('with two tabs', () => {
  const eventOfOtherTab = { event: 'Search', event_id: '1', event_time: startOfTest.getTime() / 1000 }
  const storeEventOfOtherTab = () =>
    localStorage.setItem('tagferry_outbox', JSON.stringify([eventOfOtherTab]))

  test('a tab waits for the lock of the other', async () => {
    let grantLock: () => unknown = () => {}
    const page = await visit({
      data: noPageview,
      before: storeEventOfOtherTab,
      locks: {
        request: (_name: string, _options: object, run: (lock: object) => Promise<void>) => {
          grantLock = () => run({})
          return new Promise(() => {})
        },
      },
    })
    page.tagferry.track('Lead')
    await settle()
    expect(page.posts).toHaveLength(0)
    grantLock()
    await settle()
    expect(page.names()).toEqual(['Search', 'Lead'])
  })

  test('an event of this tab needs no lock, and its request contains no event of the other', async () => {
    const request = vi.fn(() => new Promise(() => {}))
    const page = await visit({
      data: noPageview,
      locks: { request },
      respond: (body) => {
        localStorage.setItem('tagferry_outbox', JSON.stringify([...body.events, eventOfOtherTab]))
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
    expect(request).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['the browser has no locks', undefined],
    [
      'the browser refuses the lock',
      { request: () => Promise.reject(new DOMException('', 'SecurityError')) },
    ],
  ])('events are sent without a lock if %s', async (_reason, locks) => {
    const page = await visit({ data: noPageview, locks })
    page.tagferry.track('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })

  test('events are sent without the lock if a page in the back/forward cache keeps it', async () => {
    const waiting = new AbortController()
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(waiting.signal)
    const page = await visit({
      data: noPageview,
      before: storeEventOfOtherTab,
      locks: {
        // Grants nothing, as WebKit does meanwhile.
        request: (_name: string, { signal }: { signal: AbortSignal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
    })
    page.tagferry.track('Lead')
    await settle()
    expect(page.names()).toEqual([])
    waiting.abort()
    await settle()
    expect(page.names()).toEqual(['Search', 'Lead'])
  })

  test('an event tracked during a request is sent after it', async () => {
    const page = await visit({
      data: noPageview,
      respond: async (body) => {
        await new Promise((done) => setTimeout(done, 30))
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await vi.advanceTimersByTimeAsync(10)
    page.tagferry.track('Search')
    await settle()
    expect(page.names()).toEqual(['Lead', 'Search'])
    expect(readOutbox()).toEqual([])
  })
})

test('a warning of the collector reaches its listeners, and the event counts as sent', async () => {
  const warning = { event: 1, path: 'properties.quantity', warning: 'expected a whole number; left out' }
  const page = await visit({
    data: noPageview,
    respond: () =>
      Response.json(
        { accepted: 2, duplicates: 0, skipped: [], ids: [], warnings: [warning] },
        { status: 202 },
      ),
  })
  const seen: unknown[] = []
  page.tagferry.on('warning', (event, given) => seen.push([event.event, given]))
  page.tagferry.on('sent', (event) => seen.push(event.event))
  page.tagferry.track('Lead')
  page.tagferry.track('Search')
  await settle()
  expect(seen).toEqual([['Search', warning], 'Lead', 'Search'])
})

describe('at the end of the page', () => {
  const endPage = () => window.dispatchEvent(new Event('pagehide'))

  test('a beacon sends a copy of unanswered events', async () => {
    const page = await visit({ data: noPageview, respond: () => respondWith(503) })
    page.tagferry.track('Lead')
    await settle()
    endPage()
    expect(page.beacons[0]?.events[0]?.event).toBe('Lead')
    expect(readOutbox()).toHaveLength(1)
  })

  test.each(['pagehide', 'visibilitychange'])(
    'events tracked by a %s listener are sent once by beacon',
    async (type) => {
      const page = await visit({ data: noPageview, respond: () => respondWith(503) })
      page.tagferry.track('Lead')
      await settle()
      window.addEventListener(type, () => page.tagferry.track('Search'), { once: true })
      endPage()
      window.dispatchEvent(new Event('visibilitychange'))
      expect(page.beacons.map(({ events }) => events.map(({ event }) => event))).toEqual([
        ['Lead'],
        ['Search'],
      ])
    },
  )

  test('held events are not sent by beacon', async () => {
    const page = await visit({ data: noPageview, respond: () => respondWith(503) })
    page.tagferry.track('Lead')
    await settle()
    page.tagferry.consent('hold')
    endPage()
    window.dispatchEvent(new Event('visibilitychange'))
    expect(page.beacons).toEqual([])
  })

  test('a page restored from the back/forward cache sends requests again', async () => {
    const page = await visit({ data: noPageview })
    endPage()
    const back = Object.assign(new Event('pageshow'), { persisted: true })
    window.dispatchEvent(back)
    page.tagferry.track('Lead')
    await settle()
    expect([page.names(), page.beacons]).toEqual([['Lead'], []])
  })

  test('a page that ends immediately sends its page view', async () => {
    const page = await visit()
    endPage()
    expect(page.beacons[0]?.events[0]?.event).toBe('Pageview')
  })

  test('no beacon is sent when all events are answered', async () => {
    const page = await visit()
    await settle()
    endPage()
    expect(page.beacons).toEqual([])
  })

  test('events that exceed one beacon are split into several', async () => {
    const page = await visit({ data: noPageview, respond: () => respondWith(503) })
    for (let count = 0; count < 20; count++)
      page.tagferry.track('Search', { search_string: 'a'.repeat(2000) })
    await settle()
    endPage()
    expect(page.beacons.length).toBeGreaterThan(1)
    expect(page.beacons.flatMap((body) => body.events)).toHaveLength(20)
  })

  test('no further beacon is sent after a refused one', async () => {
    const send = vi.fn(() => false)
    const page = await visit({
      data: noPageview,
      respond: () => respondWith(503),
      before: () => setValue(navigator, 'sendBeacon', send),
    })
    for (let count = 0; count < 20; count++)
      page.tagferry.track('Search', { search_string: 'a'.repeat(2000) })
    await settle()
    endPage()
    expect(send).toHaveBeenCalledTimes(1)
  })
})
