import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { diagnosisOf, groups, registry } from './registry.js'

/** Stored and documented: renaming a code is a breaking change. */
const codes =
  'snippet_missing snippet_in_body snippet_twice snippet_altered site_key_mismatch domain_not_registered ' +
  'csp_blocks_script csp_blocks_connect client_blocked cache_stale preflight_blocked http_site_no_subtle_crypto ' +
  'consent_never_granted gpc_on ldu_on_everything ldu_never cookie_not_kept cookie_domain_wrong ' +
  'ttclid_lost_on_redirect private_ip_seen low_match_coverage pixel_code_suspicious token_rejected token_missing ' +
  'vendor_disabled domain_paused test_code_left_on no_recent_activity value_missing currency_invalid ' +
  'content_id_missing event_name_deprecated event_name_custom event_id_missing event_id_numeric duplicate_burst ' +
  'clock_skew queue_growing retries_exhausted rate_limited dashboard_exposed requests_refused ' +
  'requests_refused_unknown input_unusable_event input_unknown_key input_invalid_value input_too_long ' +
  'input_unsafe_number input_unreadable_signal input_event_time input_item_key input_page_url ' +
  'input_placeholder input_invalid_email input_invalid_phone input_invalid_click_id ' +
  'input_invalid_user_value input_private_address input_personal_data'

it('lists every code once', () => {
  expect(registry.map(({ code }) => code).sort()).toEqual(codes.split(' ').sort())
})

it('has a file of rules and a table of cases for each group', () => {
  const files = groups.flatMap((group) => [`${group.toLowerCase()}.test.ts`, `${group.toLowerCase()}.ts`])
  expect(readdirSync(new URL('rules', import.meta.url)).sort()).toEqual(files.sort())
})

it('names the vendor of the affected connection', () => {
  expect(diagnosisOf('token_rejected').title).toBe('TikTok refused the Access Token')
  const { title, fix } = diagnosisOf('token_rejected', 'Meta')
  expect(title).toBe('Meta refused the Access Token')
  expect(fix).toContain('Meta Events Manager')
})

describe.each(registry)('$code', (diagnosis) => {
  it('names every vendor where it names one', () => {
    for (const text of [diagnosis.title, diagnosis.why, diagnosis.fix]) expect(text).not.toContain('{vendor}')
  })

  it('has a title without a full stop', () => expect(diagnosis.title).toMatch(/^[A-Z].*[^.!?]$/))

  it('explains reason and remedy in sentences', () => {
    for (const text of [diagnosis.why, diagnosis.fix]) expect(text).toMatch(/^[A-Z].*\.$/s)
  })

  it('names an existing documentation file', () => {
    expect(readFileSync(diagnosis.docs, 'utf8')).not.toBe('')
  })

  it('links to a valid path, if to any', () => expect(diagnosis.path ?? '/').toMatch(/^\/[a-z/-]*$/))

  it('has a check, or is left to the script', () => {
    const { checkSite, checkInstance, checkPage, scriptOnly = false } = diagnosis
    expect([checkSite, checkInstance, checkPage].every((check) => check === undefined)).toBe(scriptOnly)
  })
})
