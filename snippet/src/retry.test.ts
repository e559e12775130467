import { afterEach, describe, expect, test, vi } from 'vitest'
import type { WireBody } from '../../collector/src/wire.js'
import { accept, resetBrowser, settle, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const noPageview = { pageview: 'off' }
const respondWith = (code: number, headers: Record<string, string> = {}) =>
  new Response('{}', { status: code, headers })
const readOutbox = () => JSON.parse(localStorage.getItem('tagferry_outbox') ?? '[]')
/** Five minutes: longer than the first waits, shorter than the longest. */
const passMinutes = () => vi.advanceTimersByTimeAsync(300_000)

describe('after a failure', () => {
  test.each([500, 503, 408, 429])('of status %i the event is sent again', async (code) => {
    let isDown = true
    const page = await visit({
      data: noPageview,
      respond: (body) => (isDown ? respondWith(code) : accept(body)),
    })
    page.tagferry.track('Lead')
    await settle()
    isDown = false
    expect(readOutbox()).toHaveLength(1)
    await passMinutes()
    expect(page.names()).toEqual(['Lead', 'Lead'])
    expect(readOutbox()).toEqual([])
  })

  test.each([400, 401, 403, 404, 413])('of status %i the event is dropped', async (code) => {
    const page = await visit({ data: noPageview, respond: () => respondWith(code) })
    page.tagferry.track('Lead')
    await passMinutes()
    expect(page.names()).toEqual(['Lead'])
    expect(readOutbox()).toEqual([])
  })

  test('of the network the retry has the same event id', async () => {
    let isDown = true
    const page = await visit({
      data: noPageview,
      respond: (body) => {
        if (isDown) throw new TypeError('offline')
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await settle()
    isDown = false
    await passMinutes()
    expect(new Set(page.sent('Lead').map((event) => event.event_id)).size).toBe(1)
  })

  test('new events wait too', async () => {
    const page = await visit({ data: noPageview, respond: () => respondWith(503, { 'Retry-After': '60' }) })
    page.tagferry.track('Lead')
    await settle()
    page.tagferry.track('Search')
    window.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(59_000)
    expect(page.posts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(page.posts).toHaveLength(2)
  })

  test('each wait is longer than the one before', async () => {
    const sentAt: number[] = []
    const page = await visit({
      data: noPageview,
      respond: () => {
        sentAt.push(Date.now())
        return respondWith(500)
      },
    })
    vi.spyOn(Math, 'random').mockReturnValue(0)
    page.tagferry.track('Lead')
    await vi.advanceTimersByTimeAsync(8000)
    const first = sentAt[0] ?? 0
    expect(sentAt.map((time) => time - first)).toEqual([0, 1000, 3000, 7000])
  })

  test('waits start short again after a success', async () => {
    const sentAt: number[] = []
    let failuresLeft = 3
    const page = await visit({
      data: noPageview,
      respond: (body) => {
        sentAt.push(Date.now())
        return failuresLeft-- > 0 ? respondWith(500) : accept(body)
      },
    })
    page.tagferry.track('Lead')
    await passMinutes()
    vi.spyOn(Math, 'random').mockReturnValue(0)
    failuresLeft = 1
    sentAt.length = 0
    page.tagferry.track('Search')
    await passMinutes()
    expect((sentAt[1] ?? 0) - (sentAt[0] ?? 0)).toBe(1000)
  })

  test('coming online ends the wait', async () => {
    const page = await visit({ data: noPageview, respond: () => respondWith(503, { 'Retry-After': '600' }) })
    page.tagferry.track('Lead')
    await settle()
    window.dispatchEvent(new Event('online'))
    await settle()
    expect(page.posts).toHaveLength(2)
  })

  test('a malformed event does not prevent the others from being sent', async () => {
    const isBad = (body: WireBody) => body.events.some((event) => event.event === 'Bad')
    const page = await visit({
      data: noPageview,
      respond: (body) => (isBad(body) ? respondWith(400) : accept(body)),
    })
    const sent: string[] = []
    page.tagferry.on('sent', (event) => sent.push(event.event))
    for (const name of ['Lead', 'Bad', 'Search']) page.tagferry.track(name)
    await settle()
    expect(sent).toEqual(['Lead', 'Search'])
    expect(readOutbox()).toEqual([])
  })
})
