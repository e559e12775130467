import { afterEach, describe, expect, test } from 'vitest'
import { type Outcome, outcome, trackLead } from '../../testing/outcome.js'
import { forgetVisits, settle, setValue } from '../../testing/visit.js'

afterEach(forgetVisits)

describe('WP Consent API', () => {
  test.each<[string, Record<string, unknown>, Outcome]>([
    ['consent', { wp_has_consent: () => true }, 'sent'],
    ['its kind is still to come', { wp_has_consent: () => true, waitfor_consent_hook: true }, 'held'],
    [
      'its kind has come',
      { wp_has_consent: () => true, waitfor_consent_hook: true, wp_consent_type: 'optout' },
      'sent',
    ],
    ['rubbish', { wp_has_consent: () => 'no' }, 'held'],
    ['no function', { wp_has_consent: 'marketing' }, 'held'],
  ])('%s', async (_what, globals, expected) => {
    const page = await trackLead(() => {
      for (const name in globals) setValue(window, name, globals[name])
    })
    expect(await outcome(page)).toBe(expected)
  })

  test('is read again when its kind has come', async () => {
    const page = await trackLead(() => {
      setValue(window, 'wp_has_consent', () => true)
      setValue(window, 'waitfor_consent_hook', true)
      setValue(window, 'wp_consent_type', undefined)
    })
    Object.assign(window, { wp_consent_type: 'optout' })
    document.dispatchEvent(new Event('wp_consent_type_defined'))
    await settle()
    expect(page.names()).toEqual(['Lead'])
  })

  test('a change of another kind says nothing', async () => {
    const page = await trackLead(() => setValue(window, 'wp_has_consent', () => false))
    for (const detail of [{ statistics: 'allow' }, null])
      document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail }))
    await settle()
    expect(await outcome(page)).toBe('held')
  })
})
