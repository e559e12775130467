import { afterEach, describe, expect, test, vi } from 'vitest'
import { forgetVisits, settle, setValue, type Visit, visit } from '../../testing/visit.js'
import { aliases } from './event-map.js'

afterEach(forgetVisits)

type Ttq = unknown[][] & Record<string, (...args: unknown[]) => unknown>
const ttq = () => (window as unknown as { ttq: Ttq }).ttq

const methods =
  'track page identify instances debug on off once ready alias group enableCookie disableCookie holdConsent grantConsent revokeConsent load instance'.split(
    ' ',
  )

/** What TikTok's own code leaves in the page until the pixel is loaded. */
const createPixelCode = () => {
  const list = [] as unknown as Ttq
  for (const method of methods) list[method] = (...args) => list.push([method, ...args])
  return list
}

const open = (mode: string, before?: () => void, data: Record<string, string> = {}) =>
  visit({ script: 'full', data: { ttq: mode, pageview: 'off', ...data }, before })

const sent = (page: Visit) => page.posts.flatMap(({ events }) => events)

describe('in the place of the pixel', () => {
  test('every method that pages call is there, and throws nothing', async () => {
    await open('replace')
    for (const method of methods)
      for (const args of [[], [null], ['x', 5], [() => {}]])
        expect(() => ttq()[method]?.(...args), method).not.toThrow()
    expect(methods.filter((method) => typeof ttq()[method] !== 'function')).toEqual([])
  })

  test.each(Object.entries(aliases))('%s is %s', async (name, expected) => {
    const page = await open('replace')
    ttq().track?.(name)
    await settle()
    expect(page.names()).toEqual([expected])
  })

  test('properties, ids and persons arrive', async () => {
    const page = await open('replace')
    ttq().identify?.({ email: 'jane@example.com', phone_number: '+14155551234', external_id: '', other: 1 })
    ttq().track?.(
      'CompletePayment',
      { value: 5, content_id: 'sku-1', price: 5, order_id: '7' },
      { event_id: 'id-1' },
    )
    ttq().track?.('Consult', { contents: [{ content_id: 'a' }], content_id: 'b' })
    ttq().track?.('toString')
    await settle()
    expect(sent(page)[0]).toMatchObject({
      event: 'Purchase',
      event_id: 'id-1',
      user: { email: 'jane@example.com', phone: '+14155551234' },
    })
    expect(sent(page)[0]?.properties).toEqual({
      value: 5,
      order_id: '7',
      content_type: 'product',
      contents: [{ content_id: 'sku-1', price: 5 }],
    })
    expect(sent(page)[1]?.properties).toEqual({ contents: [{ content_id: 'a' }], content_id: 'b' })
    expect(sent(page)[2]?.event).toBe('toString')
  })

  test('what waited comes first: consent and the visitor before the rest, each pixel code included', async () => {
    const code = createPixelCode()
    code.track?.('AddToCart')
    code.identify?.({ email: 'jane@example.com' })
    Object.assign(code, { _i: { C1: [['track', 'Lead']] } })
    const page = await open('replace', () => setValue(window, 'ttq', code))
    await settle()
    expect(page.names()).toEqual(['AddToCart', 'Lead'])
    expect(sent(page)[0]?.user?.email).toBe('jane@example.com')
  })

  test('a refusal that waited stops what was called before it', async () => {
    const code = createPixelCode()
    code.track?.('AddToCart')
    code.revokeConsent?.()
    const page = await open('replace', () => setValue(window, 'ttq', code))
    await settle()
    expect(page.posts).toEqual([])
  })

  test('consent is held, given and taken back', async () => {
    const page = await open('replace')
    ttq().holdConsent?.()
    ttq().track?.('Search')
    await settle()
    expect(page.posts).toEqual([])
    ttq().grantConsent?.()
    await settle()
    expect(page.names()).toEqual(['Search'])
    ttq().disableCookie?.()
    ttq().track?.('Lead')
    await settle()
    expect(page.names()).toEqual(['Search'])
    ttq().enableCookie?.()
    ttq().track?.('Contact')
    await settle()
    expect(page.names()).toEqual(['Search', 'Contact'])
  })

  test('enableCookie alone is no consent', async () => {
    const page = await open('replace', undefined, { consent: 'required' })
    ttq().enableCookie?.()
    ttq().track?.('Lead')
    await settle()
    expect(page.posts).toEqual([])
  })

  test('the page view that its code asks for is the one sent on load', async () => {
    const code = createPixelCode()
    code.page?.()
    const page = await open('replace', () => setValue(window, 'ttq', code), { pageview: 'on' })
    await settle()
    expect(page.names()).toEqual(['Pageview'])
    ttq().page?.()
    await settle()
    expect(page.names()).toEqual(['Pageview', 'Pageview'])
  })
})

describe('beside the pixel', () => {
  test('what waited gets the same id there and here', async () => {
    const code = createPixelCode()
    code.track?.('Registration', { value: 1 })
    code.track?.('CompletePayment', { order_id: '9' })
    const page = await open('mirror', () => setValue(window, 'ttq', code))
    await settle()
    expect(page.names()).toEqual(['CompleteRegistration', 'Purchase'])
    expect(code.map((call) => (call[3] as { event_id: string }).event_id)).toEqual(
      sent(page).map((event) => event.event_id),
    )
    expect(sent(page)[1]?.event_id).toBe('Purchase.9')
  })

  test('calls reach the pixel as they are, with the same id', async () => {
    const track = vi.fn(() => 'answer')
    const page = await open('mirror', () => setValue(window, 'ttq', { track }))
    expect(ttq().track?.('CompletePayment', { value: 2 }, { other: 1 })).toBe('answer')
    await settle()
    const [event] = page.sent('Purchase')
    expect(track.mock.calls).toEqual([
      ['CompletePayment', { value: 2 }, { other: 1, event_id: event?.event_id }],
    ])
  })

  test('the pixel may put itself in its place, and give it what waited', async () => {
    const code = createPixelCode()
    const page = await open('mirror', () => setValue(window, 'ttq', code))
    ttq().track?.('Lead')
    await settle()
    const track = vi.fn()
    ;(window as unknown as { ttq: unknown }).ttq = { track }
    for (const [method, ...args] of code) ttq()[method as string]?.(...args)
    ttq().track?.('Search')
    await settle()
    expect(page.names()).toEqual(['Lead', 'Search'])
    expect(track).toHaveBeenCalledTimes(2)
  })

  test('methods that the pixel changes later are mirrored too', async () => {
    const page = await open('mirror', () => setValue(window, 'ttq', createPixelCode()))
    ttq().track = vi.fn()
    await vi.advanceTimersByTimeAsync(1000)
    ttq().track?.('Lead')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })

  test('a pixel that throws, throws as before, and the event is sent', async () => {
    const page = await open('mirror', () =>
      setValue(window, 'ttq', {
        track() {
          throw new Error('theirs')
        },
      }),
    )
    expect(() => ttq().track?.('Lead')).toThrow('theirs')
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})

test('without data-ttq nobody touches it', async () => {
  const code = createPixelCode()
  code.track?.('Lead')
  const page = await visit({
    script: 'full',
    data: { pageview: 'off' },
    before: () => setValue(window, 'ttq', code),
  })
  await settle()
  expect(ttq()).toBe(code)
  expect(page.names()).toEqual([])
})
