import { afterEach, describe, expect, test, vi } from 'vitest'
import { getOutcome, type Outcome, trackLead } from '../../../tests/support/snippet/outcome.js'
import { gtag } from '../../../tests/support/snippet/platforms.js'
import { resetBrowser, settle, setValue } from '../../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

describe('Google consent mode', () => {
  const granted = { ad_storage: 'granted', ad_user_data: 'granted' }
  const denied = { ad_storage: 'denied', ad_user_data: 'denied' }
  type Step = [kind: string, states: unknown]

  test.each<[string, Step[], Outcome]>([
    ['granted by default', [['default', granted]], 'sent'],
    ['denied by default', [['default', denied]], 'held'],
    [
      'denied by default in a region',
      [
        ['default', { ...denied, region: ['DE'] }],
        ['default', granted],
      ],
      'held',
    ],
    [
      'denied by default in a region listed last',
      [
        ['default', granted],
        ['default', { ...denied, region: ['DE'] }],
      ],
      'held',
    ],
    [
      'updated to granted',
      [
        ['default', denied],
        ['update', granted],
      ],
      'sent',
    ],
    [
      'granted by an update before the default denies',
      [
        ['update', granted],
        ['default', denied],
      ],
      'sent',
    ],
    [
      'updated to denied',
      [
        ['default', granted],
        ['update', denied],
      ],
      'dropped',
    ],
    [
      'denied by default and updated for ad_storage only',
      [
        ['default', denied],
        ['update', { ad_storage: 'granted' }],
      ],
      'held',
    ],
    ['granted without ad_user_data, as before 2024', [['update', { ad_storage: 'granted' }]], 'sent'],
    ['updated to deny ad_storage', [['update', { ...granted, ad_storage: 'denied' }]], 'dropped'],
    ['updated to deny ad_user_data', [['update', { ...granted, ad_user_data: 'denied' }]], 'dropped'],
    ['denied for analytics only', [['default', { analytics_storage: 'denied' }]], 'sent'],
    [
      'set to invalid values',
      [
        ['default', null],
        ['update', 'granted'],
        ['', denied],
        ['update', { ad_storage: 1 }],
      ],
      'sent',
    ],
  ])('is %s', async (_case, steps, expected) => {
    for (const isLater of [false, true]) {
      const push = () => {
        for (const step of steps) gtag('consent', ...step)
      }
      const page = await trackLead(() => {
        setValue(window, 'dataLayer', [null, 'text', { event: 'gtm.js' }])
        if (!isLater) push()
      })
      if (isLater) {
        await vi.advanceTimersByTimeAsync(100)
        push()
        page.tagferry.track('Lead')
        await settle()
        if (expected === 'sent') continue
        page.posts.length = 0
      }
      expect(await getOutcome(page)).toBe(expected)
    }
  })

  test('ignores other gtag commands', async () => {
    const page = await trackLead(() => {
      setValue(window, 'dataLayer', [])
      gtag('set', 'update', denied)
    })
    expect(await getOutcome(page)).toBe('sent')
  })

  test('keeps the behaviour of dataLayer.push', async () => {
    const pushed: unknown[] = []
    const layer: unknown[] = [1]
    await trackLead(() => {
      setValue(window, 'dataLayer', layer)
      layer.push = (...entries) => {
        pushed.push(...entries)
        return 7
      }
    })
    expect(layer.push('a', null)).toBe(7)
    expect(pushed).toEqual(['a', null])
    const { push } = layer
    window.dispatchEvent(new Event('load'))
    expect(layer.push).toBe(push)
  })
})
