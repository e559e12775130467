import { afterEach, describe, expect, test, vi } from 'vitest'
import { resetBrowser, settle, setValue, type Visit, visit } from '../../../tests/support/snippet/visit.js'
import { aliases } from './event-map.js'

afterEach(resetBrowser)

type Ttq = unknown[][] & Record<string, (...args: unknown[]) => unknown>
const getTtq = () => (window as unknown as { ttq: Ttq }).ttq

const methods =
  'track page identify instances debug on off once ready alias group enableCookie disableCookie holdConsent grantConsent revokeConsent load instance'.split(
    ' ',
  )

/** Creates the queue that TikTok's code installs until the pixel has loaded. */
const createPixelQueue = () => {
  const list = [] as unknown as Ttq
  for (const method of methods) list[method] = (...args) => list.push([method, ...args])
  return list
}

const open = (mode: string, before?: () => void, data: Record<string, string> = {}) =>
  visit({ script: 'full', data: { ttq: mode, pageview: 'off', ...data }, before })

const getEvents = (page: Visit) => page.posts.flatMap(({ events }) => events)

describe('with data-ttq="replace"', () => {
  test('every method of the pixel exists and throws nothing', async () => {
    await open('replace')
    for (const method of methods)
      for (const args of [[], [null], ['x', 5], [() => {}]])
        expect(() => getTtq()[method]?.(...args), method).not.toThrow()
    expect(methods.filter((method) => typeof getTtq()[method] !== 'function')).toEqual([])
  })

  test.each(Object.entries(aliases))('%s is sent as %s', async (name, expected) => {
    const page = await open('replace')
    getTtq().track?.(name)
    await settle()
    expect(page.names()).toEqual([expected])
  })

  test('properties, ids and the identity are sent', async () => {
    const page = await open('replace')
    getTtq().identify?.({
      email: 'jane@example.com',
      phone_number: '+14155551234',
      external_id: '',
      other: 1,
    })
    getTtq().track?.(
      'CompletePayment',
      { value: 5, content_id: 'sku-1', price: 5, order_id: '7' },
      { event_id: 'id-1' },
    )
    getTtq().track?.('Consult', { contents: [{ content_id: 'a' }], content_id: 'b' })
    getTtq().track?.('toString')
    await settle()
    expect(getEvents(page)[0]).toMatchObject({
      event: 'Purchase',
      event_id: 'id-1',
      user: { email: 'jane@example.com', phone: '+14155551234' },
    })
    expect(getEvents(page)[0]?.properties).toEqual({
      value: 5,
      order_id: '7',
      content_type: 'product',
      contents: [{ content_id: 'sku-1', price: 5 }],
    })
    expect(getEvents(page)[1]?.properties).toEqual({ contents: [{ content_id: 'a' }], content_id: 'b' })
    expect(getEvents(page)[2]?.event).toBe('toString')
  })

  test('queued calls of all pixel codes are replayed, identity and consent first', async () => {
    const queue = createPixelQueue()
    queue.track?.('AddToCart')
    queue.identify?.({ email: 'jane@example.com' })
    Object.assign(queue, { _i: { C1: [['track', 'Lead']] } })
    const page = await open('replace', () => setValue(window, 'ttq', queue))
    await settle()
    expect(page.names()).toEqual(['AddToCart', 'Lead'])
    expect(getEvents(page)[0]?.user?.email).toBe('jane@example.com')
  })

  test('a queued revocation stops events queued before it', async () => {
    const queue = createPixelQueue()
    queue.track?.('AddToCart')
    queue.revokeConsent?.()
    const page = await open('replace', () => setValue(window, 'ttq', queue))
    await settle()
    expect(page.posts).toEqual([])
  })

  test('consent can be held, granted and revoked', async () => {
    const page = await open('replace')
    getTtq().holdConsent?.()
    getTtq().track?.('Search')
    await settle()
    expect(page.posts).toEqual([])
    getTtq().grantConsent?.()
    await settle()
    expect(page.names()).toEqual(['Search'])
    getTtq().disableCookie?.()
    getTtq().track?.('Lead')
    await settle()
    expect(page.names()).toEqual(['Search'])
    getTtq().enableCookie?.()
    getTtq().track?.('Contact')
    await settle()
    expect(page.names()).toEqual(['Search', 'Contact'])
  })

  test('enableCookie alone does not grant consent', async () => {
    const page = await open('replace', undefined, { consent: 'required' })
    getTtq().enableCookie?.()
    getTtq().track?.('Lead')
    await settle()
    expect(page.posts).toEqual([])
  })

  test('the first call of page() does not repeat the page view sent on load', async () => {
    const queue = createPixelQueue()
    queue.page?.()
    const page = await open('replace', () => setValue(window, 'ttq', queue), { pageview: 'on' })
    await settle()
    expect(page.names()).toEqual(['Pageview'])
    getTtq().page?.()
    await settle()
    expect(page.names()).toEqual(['Pageview', 'Pageview'])
  })
})

describe('with data-ttq="mirror"', () => {
  test('queued events get the same id at the pixel and the collector', async () => {
    const queue = createPixelQueue()
    queue.track?.('Registration', { value: 1 })
    queue.track?.('CompletePayment', { order_id: '9' })
    const page = await open('mirror', () => setValue(window, 'ttq', queue))
    await settle()
    expect(page.names()).toEqual(['CompleteRegistration', 'Purchase'])
    expect(queue.map((call) => (call[3] as { event_id: string }).event_id)).toEqual(
      getEvents(page).map((event) => event.event_id),
    )
    expect(getEvents(page)[1]?.event_id).toBe('Purchase.9')
  })

  test('calls reach the pixel unchanged except for the event id', async () => {
    const track = vi.fn(() => 'result')
    const page = await open('mirror', () => setValue(window, 'ttq', { track }))
    expect(getTtq().track?.('CompletePayment', { value: 2 }, { other: 1 })).toBe('result')
    await settle()
    const [event] = page.sent('Purchase')
    expect(track.mock.calls).toEqual([
      ['CompletePayment', { value: 2 }, { other: 1, event_id: event?.event_id }],
    ])
  })

  test('the pixel may replace the object and repeat queued calls', async () => {
    const queue = createPixelQueue()
    const page = await open('mirror', () => setValue(window, 'ttq', queue))
    getTtq().track?.('Lead')
    await settle()
    const track = vi.fn()
    ;(window as unknown as { ttq: unknown }).ttq = { track }
    for (const [method, ...args] of queue) getTtq()[method as string]?.(...args)
    getTtq().track?.('Search')
    await settle()
    expect(page.names()).toEqual(['Lead', 'Search'])
    expect(track).toHaveBeenCalledTimes(2)
  })

  test('methods that the pixel replaces later are mirrored too', async () => {
    const page = await open('mirror', () => setValue(window, 'ttq', createPixelQueue()))
    getTtq().track = vi.fn()
    await vi.advanceTimersByTimeAsync(1000)
    getTtq().track?.('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })

  test('an error of the pixel is thrown as before, and the event is sent', async () => {
    const page = await open('mirror', () =>
      setValue(window, 'ttq', {
        track() {
          throw new Error('pixel')
        },
      }),
    )
    expect(() => getTtq().track?.('Lead')).toThrow('pixel')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})

test('without data-ttq the pixel is not touched', async () => {
  const queue = createPixelQueue()
  queue.track?.('Lead')
  const page = await visit({
    script: 'full',
    data: { pageview: 'off' },
    before: () => setValue(window, 'ttq', queue),
  })
  await settle()
  expect(getTtq()).toBe(queue)
  expect(page.names()).toEqual([])
})
