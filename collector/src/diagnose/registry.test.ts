import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pageCodes } from './html-check.js'
import { registry } from './registry.js'
import { computed } from './run.js'

/** As the specification lists them, and one of our own. */
const codes =
  'snippet_missing snippet_in_body snippet_twice snippet_altered site_key_mismatch domain_not_registered ' +
  'csp_blocks_script csp_blocks_connect client_blocked cache_stale preflight_blocked http_site_no_subtle_crypto ' +
  'consent_never_granted gpc_on ldu_on_everything ldu_never cookie_not_kept cookie_domain_wrong ' +
  'ttclid_lost_on_redirect private_ip_seen low_match_coverage pixel_code_suspicious token_rejected token_missing ' +
  'vendor_disabled domain_paused test_code_left_on no_recent_activity value_missing currency_invalid ' +
  'content_id_missing event_name_deprecated event_name_custom event_id_missing event_id_numeric duplicate_burst ' +
  'clock_skew queue_growing retries_exhausted rate_limited dashboard_exposed'

it('lists every code', () => {
  expect(registry.map(({ code }) => code).sort()).toEqual(codes.split(' ').sort())
})

describe.each(registry)('$code', ({ code, title, why, fix, docs, path, by }) => {
  it('has a title without a full stop', () => expect(title).toMatch(/^[A-Z].*[^.!?]$/))
  it('says why and what to do in sentences', () => {
    for (const text of [why, fix]) expect(text).toMatch(/^[A-Z].*\.$/s)
  })
  it('names a file that there is', () => expect(readFileSync(docs, 'utf8')).not.toBe(''))
  it('leads to a path, if to any', () => expect(path ?? '/').toMatch(/^\/[a-z/-]*$/))
  it('is raised here, or is said to be raised by the script', () => {
    expect(computed.has(code) || pageCodes.has(code)).toBe(by === undefined)
  })
})
