import { afterEach, describe, expect, test } from 'vitest'
import { getOutcome, type Outcome, trackLead } from '../../../tests/support/snippet/outcome.js'
import { resetBrowser, settle, setValue } from '../../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

describe('WP Consent API', () => {
  test.each<[string, Record<string, unknown>, Outcome]>([
    ['consent given', { wp_has_consent: () => true }, 'sent'],
    [
      'consent given, but the consent type still unknown',
      { wp_has_consent: () => true, waitfor_consent_hook: true },
      'held',
    ],
    [
      'consent given and the consent type known',
      { wp_has_consent: () => true, waitfor_consent_hook: true, wp_consent_type: 'optout' },
      'sent',
    ],
    ['an invalid answer', { wp_has_consent: () => 'no' }, 'held'],
    ['wp_has_consent that is not a function', { wp_has_consent: 'marketing' }, 'held'],
  ])('with %s', async (_case, globals, expected) => {
    const page = await trackLead(() => {
      for (const name in globals) setValue(window, name, globals[name])
    })
    expect(await getOutcome(page)).toBe(expected)
  })

  test('is read again when the consent type is defined', async () => {
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

  test('ignores a change of another category', async () => {
    const page = await trackLead(() => setValue(window, 'wp_has_consent', () => false))
    for (const detail of [{ statistics: 'allow' }, null])
      document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail }))
    await settle()
    expect(await getOutcome(page)).toBe('held')
  })
})
