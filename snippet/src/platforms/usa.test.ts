import { afterEach, describe, expect, test, vi } from 'vitest'
import { createCmpApi, installInParent } from '../../../tests/support/snippet/platforms.js'
import { resetBrowser, setCookie, settle, setValue, visit } from '../../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const open = async (before?: () => void) => {
  const page = await visit({ script: 'full', data: { pageview: 'off' }, before })
  page.tagferry.track('Lead')
  await settle()
  return page
}
const ping = (more = {}) => ({
  eventName: 'signalStatus',
  pingData: { signalStatus: 'ready', gppString: 'DBABBg~BAQAAABA.QA', applicableSections: [8], ...more },
})
const gpp = { gpp: 'DBABBg~BAQAAABA.QA', gpp_sid: [8] }

describe('GPP', () => {
  test('is queried without a version, and its signal is sent with the event', async () => {
    const api = createCmpApi()
    api.respond(ping())
    const page = await open(() => setValue(window, '__gpp', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual(gpp)
    expect(api.calls.map((args) => args.map((arg) => typeof arg))).toEqual([['string', 'function']])
  })

  test('holds events until its signal is ready, whatever the event name', async () => {
    const api = createCmpApi()
    const page = await open(() => setValue(window, '__gpp', api.call))
    api.respond(ping({ signalStatus: 'not ready', gppString: 'early' }))
    await settle()
    expect(page.posts).toEqual([])
    api.respond({ ...ping(), eventName: 'anything' })
    await settle()
    expect(page.sent('Lead')[0]?.privacy).toEqual(gpp)
  })

  test('in a parent window is queried by messages', async () => {
    const api = createCmpApi()
    api.respond(ping())
    const page = await open(() => installInParent('__gpp', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual(gpp)
  })

  test('sends the current signal after a change', async () => {
    const api = createCmpApi()
    api.respond(ping({ gppString: 'before' }))
    const page = await open(() => setValue(window, '__gpp', api.call))
    api.respond(ping())
    page.tagferry.track('Search')
    await settle()
    expect(page.sent('Lead')[0]?.privacy?.gpp).toBe('before')
    expect(page.sent('Search')[0]?.privacy).toEqual(gpp)
  })

  test('drops section ids that are not integers', async () => {
    const api = createCmpApi()
    api.respond(ping({ applicableSections: [7, '8', null] }))
    const page = await open(() => setValue(window, '__gpp', api.call))
    expect(page.sent('Lead')[0]?.privacy?.gpp_sid).toEqual([7])
  })

  test('does not grant required consent', async () => {
    const api = createCmpApi()
    api.respond(ping())
    const page = await visit({
      script: 'full',
      data: { consent: 'required' },
      before: () => setValue(window, '__gpp', api.call),
    })
    page.tagferry.track('Lead')
    await settle()
    expect(page.posts).toEqual([])
    page.tagferry.consent('grant')
    await settle()
    expect(page.sent('Lead')[0]?.privacy).toEqual({ ...gpp, consent: 'granted' })
  })
})

describe('US Privacy', () => {
  const response = { version: 1, uspString: '1YYN' }

  test('is queried with its version, and its signal is sent with the event', async () => {
    const api = createCmpApi()
    api.respond(response)
    const page = await open(() => setValue(window, '__uspapi', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YYN' })
    expect(api.calls[0]?.slice(0, 2)).toEqual(['getUSPData', 1])
  })

  test('in a parent window is queried by messages', async () => {
    const api = createCmpApi()
    api.respond(response)
    const page = await open(() => installInParent('__uspapi', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YYN' })
  })

  test('is read from the cookie usprivacy', async () => {
    const page = await open(() => setCookie('usprivacy=1YYN'))
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YYN' })
  })
})

describe.each(['__gpp', '__uspapi'])('%s that never answers', (name) => {
  test('holds events for two seconds, then sends them without its signal', async () => {
    const page = await open(() => setValue(window, name, () => {}))
    expect(page.posts).toEqual([])
    await vi.advanceTimersByTimeAsync(2000)
    expect(page.sent('Lead')[0]?.privacy).toEqual({})
    window.dispatchEvent(new Event('load'))
    page.tagferry.track('Search')
    await settle()
    expect(page.names()).toEqual(['Lead', 'Search'])
  })

  test('does not lose held events when the page ends', async () => {
    const page = await open(() => setValue(window, name, () => {}))
    window.dispatchEvent(new Event('pagehide'))
    expect(page.beacons[0]?.events[0]?.event).toBe('Lead')
  })
})
