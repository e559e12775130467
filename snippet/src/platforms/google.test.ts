import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Outcome, outcome, trackLead } from '../../testing/outcome.js'
import { gtag } from '../../testing/platforms.js'
import { forgetVisits, settle, setValue } from '../../testing/visit.js'

afterEach(forgetVisits)

describe('Google consent mode', () => {
  const granted = { ad_storage: 'granted', ad_user_data: 'granted' }
  const denied = { ad_storage: 'denied', ad_user_data: 'denied' }
  type Step = [kind: string, states: unknown]

  test.each<[string, Step[], Outcome]>([
    ['allowed by default', [['default', granted]], 'sent'],
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
      'a region after the rest',
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
      'a default after the update',
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
      'refused',
    ],
    [
      'ad_storage alone',
      [
        ['default', denied],
        ['update', { ad_storage: 'granted' }],
      ],
      'held',
    ],
    ['without ad_user_data, as before 2024', [['update', { ad_storage: 'granted' }]], 'sent'],
    ['ad_storage denied', [['update', { ...granted, ad_storage: 'denied' }]], 'refused'],
    ['ad_user_data denied', [['update', { ...granted, ad_user_data: 'denied' }]], 'refused'],
    ['of analytics only', [['default', { analytics_storage: 'denied' }]], 'sent'],
    [
      'rubbish',
      [
        ['default', null],
        ['update', 'granted'],
        ['', denied],
        ['update', { ad_storage: 1 }],
      ],
      'sent',
    ],
  ])('%s', async (_what, steps, expected) => {
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
      expect(await outcome(page)).toBe(expected)
    }
  })

  test('another command says nothing', async () => {
    const page = await trackLead(() => {
      setValue(window, 'dataLayer', [])
      gtag('set', 'update', denied)
    })
    expect(await outcome(page)).toBe('sent')
  })

  test('push still does what it did', async () => {
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
