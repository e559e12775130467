import { afterEach, describe, expect, test, vi } from 'vitest'
import { createApi, putIntoParent } from '../../testing/platforms.js'
import { forgetVisits, setCookie, settle, setValue, visit } from '../../testing/visit.js'

afterEach(forgetVisits)

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
  test('is asked without a version before the callback, and goes with the event', async () => {
    const api = createApi()
    api.say(ping())
    const page = await open(() => setValue(window, '__gpp', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual(gpp)
    expect(api.calls.map((args) => args.map((arg) => typeof arg))).toEqual([['string', 'function']])
  })

  test('holds until its signal is ready, whatever the event is called', async () => {
    const api = createApi()
    const page = await open(() => setValue(window, '__gpp', api.call))
    api.say(ping({ signalStatus: 'not ready', gppString: 'early' }))
    await settle()
    expect(page.posts).toEqual([])
    api.say({ ...ping(), eventName: 'anything' })
    await settle()
    expect(page.sent('Lead')[0]?.privacy).toEqual(gpp)
  })

  test('of a parent window is reached by message', async () => {
    const api = createApi()
    api.say(ping())
    const page = await open(() => putIntoParent('__gpp', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual(gpp)
  })

  test('changes with the visitor', async () => {
    const api = createApi()
    api.say(ping({ gppString: 'before' }))
    const page = await open(() => setValue(window, '__gpp', api.call))
    api.say(ping())
    page.tagferry.track('Search')
    await settle()
    expect(page.sent('Lead')[0]?.privacy?.gpp).toBe('before')
    expect(page.sent('Search')[0]?.privacy).toEqual(gpp)
  })

  test('sections that are no numbers do not make the collector refuse the event', async () => {
    const api = createApi()
    api.say(ping({ applicableSections: [7, '8', null] }))
    const page = await open(() => setValue(window, '__gpp', api.call))
    expect(page.sent('Lead')[0]?.privacy?.gpp_sid).toEqual([7])
  })

  test('is no consent where consent is required', async () => {
    const api = createApi()
    api.say(ping())
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
  const answer = { version: 1, uspString: '1YYN' }

  test('is asked with its version, and goes with the event', async () => {
    const api = createApi()
    api.say(answer)
    const page = await open(() => setValue(window, '__uspapi', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YYN' })
    expect(api.calls[0]?.slice(0, 2)).toEqual(['getUSPData', 1])
  })

  test('of a parent window is reached by message', async () => {
    const api = createApi()
    api.say(answer)
    const page = await open(() => putIntoParent('__uspapi', api.call))
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YYN' })
  })

  test('is read from its cookie', async () => {
    const page = await open(() => setCookie('usprivacy=1YYN'))
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YYN' })
  })
})

describe.each(['__gpp', '__uspapi'])('%s that never answers', (name) => {
  test('holds for two seconds, then the event goes without', async () => {
    const page = await open(() => setValue(window, name, () => {}))
    expect(page.posts).toEqual([])
    await vi.advanceTimersByTimeAsync(2000)
    expect(page.sent('Lead')[0]?.privacy).toEqual({})
    window.dispatchEvent(new Event('load'))
    page.tagferry.track('Search')
    await settle()
    expect(page.names()).toEqual(['Lead', 'Search'])
  })

  test('does not cost what is held when the page ends', async () => {
    const page = await open(() => setValue(window, name, () => {}))
    window.dispatchEvent(new Event('pagehide'))
    expect(page.beacons[0]?.events[0]?.event).toBe('Lead')
  })
})
