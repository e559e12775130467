import { afterEach, describe, expect, test, vi } from 'vitest'
import { trackLead } from '../../../tests/support/snippet/outcome.js'
import { createCmpApi } from '../../../tests/support/snippet/platforms.js'
import { denyAccess, resetBrowser, setValue } from '../../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

describe('a broken platform', () => {
  const broken: [string, () => void][] = [
    ...['__tcfapi', '__gpp', '__uspapi', 'wp_has_consent'].map((name): [string, () => void] => [
      `${name} throws`,
      () =>
        setValue(window, name, () => {
          throw new Error('platform')
        }),
    ]),
    ['access to __tcfapi throws', () => denyAccess(window, '__tcfapi')],
    ['dataLayer is frozen', () => setValue(window, 'dataLayer', Object.freeze([]))],
    ['dataLayer is a string', () => setValue(window, 'dataLayer', 'layer')],
    [
      'entries of dataLayer throw',
      () =>
        setValue(window, 'dataLayer', [
          new Proxy([], {
            get() {
              throw new Error('platform')
            },
          }),
        ]),
    ],
  ]

  test.each(broken)('%s: no error reaches the page', async (_case, before) => {
    const errors = vi.fn()
    window.addEventListener('error', errors)
    process.on('unhandledRejection', errors)
    const page = await trackLead(before)
    document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change'))
    for (const type of ['DOMContentLoaded', 'load', 'pagehide']) window.dispatchEvent(new Event(type))
    await vi.advanceTimersByTimeAsync(5000)
    process.off('unhandledRejection', errors)
    window.removeEventListener('error', errors)
    expect(errors).not.toHaveBeenCalled()
    expect(page.tagferry.track).toBeTypeOf('function')
  })

  test.each(broken.slice(4))('%s: other platforms are still read', async (_case, before) => {
    const api = createCmpApi()
    api.respond({ uspString: '1YNN' })
    const page = await trackLead(() => {
      before()
      setValue(window, '__uspapi', api.call)
    })
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YNN' })
  })
})
