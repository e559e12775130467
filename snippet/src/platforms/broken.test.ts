import { afterEach, describe, expect, test, vi } from 'vitest'
import { trackLead } from '../../testing/outcome.js'
import { createApi } from '../../testing/platforms.js'
import { forbid, forgetVisits, setValue } from '../../testing/visit.js'

afterEach(forgetVisits)

describe('a broken platform', () => {
  const broken: [string, () => void][] = [
    ...['__tcfapi', '__gpp', '__uspapi', 'wp_has_consent'].map((name): [string, () => void] => [
      `${name} throws`,
      () =>
        setValue(window, name, () => {
          throw new Error('theirs')
        }),
    ]),
    ['looking at __tcfapi throws', () => forbid(window, '__tcfapi')],
    ['dataLayer is frozen', () => setValue(window, 'dataLayer', Object.freeze([]))],
    ['dataLayer is a text', () => setValue(window, 'dataLayer', 'layer')],
    [
      'its entries throw',
      () =>
        setValue(window, 'dataLayer', [
          new Proxy([], {
            get() {
              throw new Error('theirs')
            },
          }),
        ]),
    ],
  ]

  test.each(broken)('%s: the page does not notice', async (_what, before) => {
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

  test.each(broken.slice(4))('%s: and the others are still heard', async (_what, before) => {
    const api = createApi()
    api.say({ uspString: '1YNN' })
    const page = await trackLead(() => {
      before()
      setValue(window, '__uspapi', api.call)
    })
    expect(page.sent('Lead')[0]?.privacy).toEqual({ usp: '1YNN' })
  })
})
