import { afterEach, describe, expect, test } from 'vitest'
import { type Outcome, outcome, trackLead } from '../../testing/outcome.js'
import { agreed, createApi, putIntoParent, tellWindow } from '../../testing/platforms.js'
import { forbid, forgetVisits, settle, setValue } from '../../testing/visit.js'

afterEach(forgetVisits)

describe('TCF', () => {
  const all = agreed(1, 3, 4, 7)
  const loaded = { eventStatus: 'tcloaded', gdprApplies: true, purpose: all }

  test.each<[string, unknown, Outcome, Record<string, string>?]>([
    ['all purposes, from an earlier visit', loaded, 'sent'],
    ['all purposes, said just now', { ...loaded, eventStatus: 'useractioncomplete' }, 'sent'],
    ['the banner is open over an old answer', { ...loaded, eventStatus: 'cmpuishown' }, 'held'],
    ['the law does not apply', { eventStatus: 'tcloaded', gdprApplies: false }, 'sent'],
    ['nobody knows whether the law applies', { ...loaded, gdprApplies: undefined, purpose: {} }, 'refused'],
    ['no storage', { ...loaded, purpose: agreed(3, 4, 7) }, 'refused'],
    ['no profile', { ...loaded, purpose: agreed(1, 4, 7) }, 'refused'],
    ['no personalised ads', { ...loaded, purpose: agreed(1, 3, 7) }, 'refused'],
    ['no measurement', { ...loaded, purpose: agreed(1, 3, 4) }, 'refused'],
    ['no purposes at all', { ...loaded, purpose: undefined }, 'refused'],
    ['consents that are not true', { ...loaded, purpose: { consents: 'yes, all' } }, 'refused'],
    ['the vendor too', { ...loaded, vendor: agreed(42) }, 'sent', { tcfVendor: '42' }],
    ['not the vendor', { ...loaded, vendor: agreed(41) }, 'refused', { tcfVendor: '42' }],
    ['no vendors', loaded, 'refused', { tcfVendor: '42' }],
    ['rubbish', 'yes', 'held'],
    ['nothing', null, 'held'],
  ])('%s', async (_what, answer, expected, data) => {
    const api = createApi()
    api.say(answer)
    const page = await trackLead(() => setValue(window, '__tcfapi', api.call), data)
    expect(await outcome(page)).toBe(expected)
    expect(api.calls[0]?.slice(0, 2)).toEqual(['addEventListener', 2])
  })

  test('an answer that failed is none', async () => {
    const call = (_command: string, _version: number, listener: (answer: unknown, ok: boolean) => void) =>
      listener(loaded, false)
    expect(await outcome(await trackLead(() => setValue(window, '__tcfapi', call)))).toBe('held')
  })

  test('is asked no more once it has answered', async () => {
    const api = createApi()
    await trackLead(() => setValue(window, '__tcfapi', api.call))
    window.dispatchEvent(new Event('DOMContentLoaded'))
    expect(api.calls).toHaveLength(2)
    api.say(loaded)
    window.dispatchEvent(new Event('load'))
    expect(api.calls).toHaveLength(2)
  })

  test('is found above a window that may not be looked into', async () => {
    const api = createApi()
    api.say({ ...loaded, purpose: {} })
    const page = await trackLead(() => {
      const top = putIntoParent('__tcfapi', api.call)
      const between = { parent: top }
      forbid(between, 'frames')
      setValue(window, 'parent', between)
    })
    expect(await outcome(page)).toBe('refused')
  })

  test('that throws has not agreed', async () => {
    const refuse = () => {
      throw new Error('theirs')
    }
    expect(await outcome(await trackLead(() => setValue(window, '__tcfapi', refuse)))).toBe('held')
  })

  test('only the parent that was asked may answer', async () => {
    let id = ''
    const page = await trackLead(() => {
      const parent = putIntoParent('__tcfapi', () => {})
      parent.postMessage = (message) => {
        id = (message.__tcfapiCall as { callId: string }).callId
      }
    })
    tellWindow(window, { __tcfapiReturn: { returnValue: loaded, success: true, callId: id } })
    tellWindow(window.parent, { __tcfapiReturn: { returnValue: loaded, success: true, callId: 'other' } })
    tellWindow(window.parent, null)
    tellWindow(window.parent, '{')
    await settle()
    expect(page.posts).toEqual([])
    tellWindow(window.parent, { __tcfapiReturn: { returnValue: loaded, success: true, callId: id } })
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})
