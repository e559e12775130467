import { afterEach, describe, expect, test, vi } from 'vitest'
import type { WireBody } from '../../collector/src/wire.js'
import { accept, forgetVisits, settle, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const quiet = { pageview: 'off' }
const status = (code: number, headers: Record<string, string> = {}) =>
  new Response('{}', { status: code, headers })
const stored = () => JSON.parse(localStorage.getItem('tagferry_outbox') ?? '[]')
/** Longer than the first waits, shorter than an hour. */
const minutes = () => vi.advanceTimersByTimeAsync(300_000)

describe('after a failure', () => {
  test.each([500, 503, 408, 429])('of status %i the event is sent again', async (code) => {
    let down = true
    const page = await visit({ data: quiet, answer: (body) => (down ? status(code) : accept(body)) })
    page.tagferry.track('Lead')
    await settle()
    down = false
    expect(stored()).toHaveLength(1)
    await minutes()
    expect(page.names()).toEqual(['Lead', 'Lead'])
    expect(stored()).toEqual([])
  })

  test.each([400, 401, 403, 404, 413])('of status %i the event is given up', async (code) => {
    const page = await visit({ data: quiet, answer: () => status(code) })
    page.tagferry.track('Lead')
    await minutes()
    expect(page.names()).toEqual(['Lead'])
    expect(stored()).toEqual([])
  })

  test('of the network both requests carry the same event id', async () => {
    let down = true
    const page = await visit({
      data: quiet,
      answer: (body) => {
        if (down) throw new TypeError('offline')
        return accept(body)
      },
    })
    page.tagferry.track('Lead')
    await settle()
    down = false
    await minutes()
    expect(new Set(page.sent('Lead').map((event) => event.event_id)).size).toBe(1)
  })

  test('new events wait as well', async () => {
    const page = await visit({ data: quiet, answer: () => status(503, { 'Retry-After': '60' }) })
    page.tagferry.track('Lead')
    await settle()
    page.tagferry.track('Search')
    window.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(59_000)
    expect(page.posts).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(page.posts).toHaveLength(2)
  })

  test('waits grow', async () => {
    const at: number[] = []
    const page = await visit({
      data: quiet,
      answer: () => {
        at.push(Date.now())
        return status(500)
      },
    })
    vi.spyOn(Math, 'random').mockReturnValue(0)
    page.tagferry.track('Lead')
    await vi.advanceTimersByTimeAsync(8000)
    const first = at[0] ?? 0
    expect(at.map((time) => time - first)).toEqual([0, 1000, 3000, 7000])
  })

  test('waits begin anew after a success', async () => {
    const at: number[] = []
    let failing = 3
    const page = await visit({
      data: quiet,
      answer: (body) => {
        at.push(Date.now())
        return failing-- > 0 ? status(500) : accept(body)
      },
    })
    page.tagferry.track('Lead')
    await minutes()
    vi.spyOn(Math, 'random').mockReturnValue(0)
    failing = 1
    at.length = 0
    page.tagferry.track('Search')
    await minutes()
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(1000)
  })

  test('coming online ends the wait', async () => {
    const page = await visit({ data: quiet, answer: () => status(503, { 'Retry-After': '600' }) })
    page.tagferry.track('Lead')
    await settle()
    window.dispatchEvent(new Event('online'))
    await settle()
    expect(page.posts).toHaveLength(2)
  })

  test('one malformed event does not take its neighbours along', async () => {
    const isBad = (body: WireBody) => body.events.some((event) => event.event === 'Bad')
    const page = await visit({ data: quiet, answer: (body) => (isBad(body) ? status(400) : accept(body)) })
    const sent: string[] = []
    page.tagferry.on('sent', (event) => sent.push(event.event))
    for (const name of ['Lead', 'Bad', 'Search']) page.tagferry.track(name)
    await settle()
    expect(sent).toEqual(['Lead', 'Search'])
    expect(stored()).toEqual([])
  })
})
