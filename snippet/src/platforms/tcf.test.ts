import { afterEach, describe, expect, test } from 'vitest'
import { getOutcome, type Outcome, trackLead } from '../../../tests/support/snippet/outcome.js'
import {
  consentsTo,
  createCmpApi,
  dispatchMessage,
  installInParent,
} from '../../../tests/support/snippet/platforms.js'
import { denyAccess, resetBrowser, settle, setValue } from '../../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

describe('TCF', () => {
  const all = consentsTo(1, 3, 4, 7)
  const loaded = { eventStatus: 'tcloaded', gdprApplies: true, purpose: all }

  test.each<[string, unknown, Outcome, Record<string, string>?]>([
    ['all purposes on an earlier visit', loaded, 'sent'],
    ['all purposes just now', { ...loaded, eventStatus: 'useractioncomplete' }, 'sent'],
    ['all purposes earlier, but the banner is open again', { ...loaded, eventStatus: 'cmpuishown' }, 'held'],
    ['nothing, and the GDPR does not apply', { eventStatus: 'tcloaded', gdprApplies: false }, 'sent'],
    [
      'nothing, and it is unknown whether the GDPR applies',
      { ...loaded, gdprApplies: undefined, purpose: {} },
      'dropped',
    ],
    ['all but storage', { ...loaded, purpose: consentsTo(3, 4, 7) }, 'dropped'],
    ['all but an advertising profile', { ...loaded, purpose: consentsTo(1, 4, 7) }, 'dropped'],
    ['all but personalised ads', { ...loaded, purpose: consentsTo(1, 3, 7) }, 'dropped'],
    ['all but measurement', { ...loaded, purpose: consentsTo(1, 3, 4) }, 'dropped'],
    ['no purposes at all', { ...loaded, purpose: undefined }, 'dropped'],
    ['consents that are not a list', { ...loaded, purpose: { consents: 'yes, all' } }, 'dropped'],
    ['the required vendor too', { ...loaded, vendor: consentsTo(42) }, 'sent', { tcfVendor: '42' }],
    ['another vendor', { ...loaded, vendor: consentsTo(41) }, 'dropped', { tcfVendor: '42' }],
    ['no vendor', loaded, 'dropped', { tcfVendor: '42' }],
    ['an invalid response', 'yes', 'held'],
    ['a null response', null, 'held'],
  ])('with %s', async (_case, response, expected, data) => {
    const api = createCmpApi()
    api.respond(response)
    const page = await trackLead(() => setValue(window, '__tcfapi', api.call), data)
    expect(await getOutcome(page)).toBe(expected)
    expect(api.calls[0]?.slice(0, 2)).toEqual(['addEventListener', 2])
  })

  test('ignores a failed response', async () => {
    const call = (
      _command: string,
      _version: number,
      listener: (response: unknown, isSuccess: boolean) => void,
    ) => listener(loaded, false)
    expect(await getOutcome(await trackLead(() => setValue(window, '__tcfapi', call)))).toBe('held')
  })

  test('is not queried again after its answer', async () => {
    const api = createCmpApi()
    await trackLead(() => setValue(window, '__tcfapi', api.call))
    window.dispatchEvent(new Event('DOMContentLoaded'))
    expect(api.calls).toHaveLength(2)
    api.respond(loaded)
    window.dispatchEvent(new Event('load'))
    expect(api.calls).toHaveLength(2)
  })

  test('is found above a parent window that denies access', async () => {
    const api = createCmpApi()
    api.respond({ ...loaded, purpose: {} })
    const page = await trackLead(() => {
      const top = installInParent('__tcfapi', api.call)
      const parent = { parent: top }
      denyAccess(parent, 'frames')
      setValue(window, 'parent', parent)
    })
    expect(await getOutcome(page)).toBe('dropped')
  })

  test('that throws holds events', async () => {
    const fail = () => {
      throw new Error('platform')
    }
    expect(await getOutcome(await trackLead(() => setValue(window, '__tcfapi', fail)))).toBe('held')
  })

  test('accepts messages only from the queried parent window', async () => {
    let id = ''
    const page = await trackLead(() => {
      const parent = installInParent('__tcfapi', () => {})
      parent.postMessage = (message) => {
        id = (message.__tcfapiCall as { callId: string }).callId
      }
    })
    dispatchMessage(window, { __tcfapiReturn: { returnValue: loaded, success: true, callId: id } })
    dispatchMessage(window.parent, {
      __tcfapiReturn: { returnValue: loaded, success: true, callId: 'other' },
    })
    dispatchMessage(window.parent, null)
    dispatchMessage(window.parent, '{')
    await settle()
    expect(page.posts).toEqual([])
    dispatchMessage(window.parent, { __tcfapiReturn: { returnValue: loaded, success: true, callId: id } })
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })
})
