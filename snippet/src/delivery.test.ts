import { afterEach, describe, expect, test, vi } from 'vitest'
import { accept, forgetVisits, settle, setValue, startOfTest, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const quiet = { pageview: 'off' }
const status = (code: number, headers: Record<string, string> = {}) =>
  new Response('{}', { status: code, headers })
const stored = () => JSON.parse(localStorage.getItem('tagferry_outbox') ?? '[]')

describe('a request', () => {
  test('is text/plain by default, keeps alive and carries cookies', async () => {
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

  test('names the site, its key and the time', async () => {
    const page = await visit({ data: { siteKey: 'pk_1' } })
    await settle()
    expect(page.posts[0]).toMatchObject({
      site: 'shop.example',
      site_key: 'pk_1',
      sent_at: startOfTest.getTime() + 50,
    })
  })

  test('goes to data-endpoint when given', async () => {
    const page = await visit({ data: { endpoint: '/collect' } })
    await settle()
    expect(page.requests[0]?.referrer).toBe('/collect')
  })

  test('takes all events of one moment', async () => {
    const page = await visit()
    page.tagferry.track('Lead')
    page.tagferry.track('Search')
    await settle()
    expect(page.posts[0]?.events.map((event) => event.event)).toEqual(['Pageview', 'Lead', 'Search'])
  })

  test('that hangs is given up after half a minute, so that other tabs may send', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const page = await visit({ data: quiet })
    page.tagferry.track('Lead')
    await settle()
    expect(timeout).toHaveBeenCalledWith(30_000)
    expect(page.requests[0]?.signal).toBe(timeout.mock.results[0]?.value)
  })

  test('has no deadline where the browser knows none', async () => {
    const page = await visit({ data: quiet, before: () => setValue(AbortSignal, 'timeout', undefined) })
    page.tagferry.track('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })

  test('is tried again at once without keepalive when the browser refuses it', async () => {
    const kept: unknown[] = []
    const page = await visit({
      data: quiet,
      answer: (body, request) => {
        kept.push(request.keepalive)
        if (request.keepalive) throw new TypeError('quota')
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await settle()
    expect(kept).toEqual([true, false])
    expect(stored()).toEqual([])
  })
})

describe('two tabs', () => {
  const theirs = { event: 'Search', event_id: '1', event_time: startOfTest.getTime() / 1000 }
  const leaveBehind = () => localStorage.setItem('tagferry_outbox', JSON.stringify([theirs]))

  test('one waits for the lock of the other', async () => {
    let letGo: () => unknown = () => {}
    const page = await visit({
      data: quiet,
      before: leaveBehind,
      locks: {
        request: (_name: string, run: (lock: object) => Promise<void>) => {
          letGo = () => run({})
          return new Promise(() => {})
        },
      },
    })
    page.tagferry.track('Lead')
    await settle()
    expect(page.posts).toHaveLength(0)
    letGo()
    await settle()
    expect(page.names()).toEqual(['Search', 'Lead'])
  })

  test('an event of this page alone waits for no other, and takes none of theirs along', async () => {
    const request = vi.fn(() => new Promise(() => {}))
    const page = await visit({
      data: quiet,
      locks: { request },
      answer: (body) => {
        localStorage.setItem('tagferry_outbox', JSON.stringify([...body.events, theirs]))
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
    expect(request).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['there are none', undefined],
    ['they are refused', { request: () => Promise.reject(new DOMException('', 'SecurityError')) }],
  ])('events are sent without locks where %s', async (_why, locks) => {
    const page = await visit({ data: quiet, locks })
    page.tagferry.track('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })

  test('an event put down while another is on its way is sent after it', async () => {
    const page = await visit({
      data: quiet,
      answer: async (body) => {
        await new Promise((done) => setTimeout(done, 30))
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await vi.advanceTimersByTimeAsync(10)
    page.tagferry.track('Search')
    await settle()
    expect(page.names()).toEqual(['Lead', 'Search'])
    expect(stored()).toEqual([])
  })
})

describe('at the end of the page', () => {
  const end = () => window.dispatchEvent(new Event('pagehide'))

  test('a beacon takes a copy of what has no answer', async () => {
    const page = await visit({ data: quiet, answer: () => status(503) })
    page.tagferry.track('Lead')
    await settle()
    end()
    expect(page.beacons[0]?.events[0]?.event).toBe('Lead')
    expect(stored()).toHaveLength(1)
  })

  test.each(['pagehide', 'visibilitychange'])(
    'what the page tracks in its own %s goes by beacon, once',
    async (type) => {
      const page = await visit({ data: quiet, answer: () => status(503) })
      page.tagferry.track('Lead')
      await settle()
      window.addEventListener(type, () => page.tagferry.track('Search'), { once: true })
      end()
      window.dispatchEvent(new Event('visibilitychange'))
      expect(page.beacons.map(({ events }) => events.map(({ event }) => event))).toEqual([
        ['Lead'],
        ['Search'],
      ])
    },
  )

  test('nothing goes by beacon that is on hold again', async () => {
    const page = await visit({ data: quiet, answer: () => status(503) })
    page.tagferry.track('Lead')
    await settle()
    page.tagferry.consent('hold')
    end()
    window.dispatchEvent(new Event('visibilitychange'))
    expect(page.beacons).toEqual([])
  })

  test('a page that comes back sends by request again', async () => {
    const page = await visit({ data: quiet })
    end()
    const back = Object.assign(new Event('pageshow'), { persisted: true })
    window.dispatchEvent(back)
    page.tagferry.track('Lead')
    await settle()
    expect([page.names(), page.beacons]).toEqual([['Lead'], []])
  })

  test('even a page of no time sends its page view', async () => {
    const page = await visit()
    end()
    expect(page.beacons[0]?.events[0]?.event).toBe('Pageview')
  })

  test('there is no beacon when all is answered', async () => {
    const page = await visit()
    await settle()
    end()
    expect(page.beacons).toEqual([])
  })

  test('several beacons take what is too much for one', async () => {
    const page = await visit({ data: quiet, answer: () => status(503) })
    for (let count = 0; count < 20; count++)
      page.tagferry.track('Search', { search_string: 'a'.repeat(2000) })
    await settle()
    end()
    expect(page.beacons.length).toBeGreaterThan(1)
    expect(page.beacons.flatMap((body) => body.events)).toHaveLength(20)
  })

  test('a refused beacon ends the attempt', async () => {
    const send = vi.fn(() => false)
    const page = await visit({
      data: quiet,
      answer: () => status(503),
      before: () => setValue(navigator, 'sendBeacon', send),
    })
    for (let count = 0; count < 20; count++)
      page.tagferry.track('Search', { search_string: 'a'.repeat(2000) })
    await settle()
    end()
    expect(send).toHaveBeenCalledTimes(1)
  })
})
