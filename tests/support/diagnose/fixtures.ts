/** Facts about a healthy site and collector, in which each test changes what its case is about. */
import type { InstanceFacts, SiteFacts } from '../../../collector/src/diagnose/facts.js'
import type { Expected, FetchedPage } from '../../../collector/src/diagnose/page-facts.js'
import type { VerifyReport } from '../../../collector/src/diagnose/verify-report.js'
import type { ConnectionConfig, SiteConfig } from '../../../collector/src/sites/registry.js'
import type { CountedProblem } from '../../../collector/src/store/input-problems.js'
import type { HourCount, ListedEvent } from '../../../collector/src/store/reports.js'
import type { Attempt } from '../../../collector/src/store/store.js'
import { hourMs, minuteMs } from '../../../collector/src/time.js'
import { vendors } from '../../../collector/src/vendors/index.js'
import type { WireProperties } from '../../../collector/src/wire.js'

export const now = 1_795_400_000_000
export const thisHour = Math.floor(now / hourMs)

export const connection: ConnectionConfig = {
  vendor: 'tiktok',
  fingerprint: 'current',
  enabled: true,
  complete: true,
  fields: { pixelCode: 'CHRTV0567FRME7OQ5DI0' },
  lastFour: { accessToken: 'n-1' },
  version: 1,
}

export const site = (changes: Partial<SiteConfig> = {}): SiteConfig => ({
  domain: 'shop.example',
  aliases: ['shop.example.net'],
  siteKey: 'site-key-1',
  origin: 'https://shop.example',
  paused: false,
  keepLegacyNames: false,
  managedByEnv: false,
  version: 1,
  connections: [connection],
  ...changes,
})

export const event = (changes: Partial<ListedEvent> = {}): ListedEvent => ({
  id: 1,
  site: 'shop.example',
  event: 'Purchase',
  eventId: '1001',
  eventTime: Math.floor(now / 1_000) - 60,
  receivedAt: now - minuteMs,
  source: 'browser',
  deliveries: [{ vendor: 'tiktok', state: 'delivered', dueAt: now, attempts: 1 }],
  value: 49.9,
  currency: 'USD',
  limitedDataUse: false,
  privacyReason: 'non-us',
  keys: ['email', 'visitor'],
  ...changes,
})

/** An event whose key is absent. */
export function eventWithout(key: 'value' | 'currency'): ListedEvent {
  const { [key]: _absent, ...rest } = event()
  return rest
}

export const hour = (changes: Partial<HourCount> = {}): HourCount => ({
  hour: thisHour,
  site: 'shop.example',
  event: 'Purchase',
  lastHour: thisHour,
  browser: 100,
  server: 0,
  duplicates: 0,
  delivered: 100,
  failed: 0,
  skipped: 0,
  ldu: 20,
  keys: { ttclid: 20, email: 90, phone: 60, external_id: 80, ttp: 20, visitor: 100 },
  ...changes,
})

const product = { value: 49.9, currency: 'USD', contents: [{ content_id: 'sku-1' }] }

export const siteFacts = (changes: Partial<SiteFacts> = {}): SiteFacts => ({
  now,
  version: '1.0.0',
  site: site(),
  kinds: vendors,
  hours: [hour()],
  events: [event()],
  samples: [{ event: 'Purchase', page: { url: 'https://shop.example/thanks' }, properties: product }],
  pauses: [],
  queues: [],
  rejectedSamples: [],
  inputProblems: [],
  lastAttempts: new Map(),
  lduScope: 'ccpa',
  ...changes,
})

export const instanceFacts = (changes: Partial<InstanceFacts> = {}): InstanceFacts => ({
  now,
  names: ['shop.example'],
  rejectedSamples: [],
  inputProblems: [],
  host: '127.0.0.1',
  separateAdminListener: false,
  ...changes,
})

export const report = (changes: Partial<VerifyReport>) => ({
  report: {
    at: now - minuteMs,
    version: '1.0.0',
    site: 'shop.example',
    origin: 'https://shop.example',
    ...changes,
  },
})

/** An event that was rejected, for site or instance facts. */
export const rejected = (
  reason: 'origin_not_allowed' | 'unknown_site',
  domain: string,
  at = now - minuteMs,
) => ({ rejectedSamples: [{ at, reason, site: domain, event: 'Purchase' }] })

/** A warning about an accepted event, seen a minute ago. */
export const problem = (changes: Partial<CountedProblem> = {}): CountedProblem => ({
  site: 'shop.example',
  hour: thisHour,
  route: '/e',
  status: 202,
  rule: 'invalid_value',
  path: 'properties.quantity',
  count: 1,
  lastAt: now - minuteMs,
  ...changes,
})

export const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item)

export const pause = (fingerprint: string) => ({
  pauses: [
    {
      site: 'shop.example',
      vendor: 'tiktok',
      fingerprint,
      reason: 'Invalid access token',
      pausedAt: 5,
      probeAt: now,
    },
  ],
})

export const queue = (ageMs: number, pending = 12) => ({
  queues: [{ site: 'shop.example', vendor: 'tiktok', pending, oldestAt: now - ageMs }],
})

export function lastAttempt(outcome: string, ageMs: number): Partial<SiteFacts> {
  const attempt: Attempt = {
    at: now - ageMs,
    durationMs: 5,
    outcome,
    ambiguous: false,
    message: 'Too many requests',
  }
  return { lastAttempts: new Map([['tiktok', attempt]]) }
}

export const connected = (changes: Partial<ConnectionConfig>) => ({
  site: site({ connections: [{ ...connection, ...changes }] }),
})

export const sample = (properties: Record<string, unknown>, url = 'https://shop.example/') => ({
  samples: [{ event: 'Purchase', page: { url }, properties: properties as WireProperties }],
})

/** A correct tag of ours. */
export const tag =
  '<script async src="https://t.shop.example/t.js" data-site="shop.example" integrity="sha384-1"></script>'

export const expected: Expected = {
  sites: [{ domain: 'shop.example', aliases: ['shop.example.net'] }],
  scripts: new Map([['t.js', { integrity: 'sha384-1' }]]),
}

export const page = (
  head: string,
  { body = '', url = 'https://www.shop.example/', policy = '' } = {},
): FetchedPage => ({
  url,
  html: `<!doctype html><html><head>${head}</head><body>${body}</body></html>`,
  ...(policy && { policy }),
})
