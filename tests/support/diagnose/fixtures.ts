/** Knows a made-up site on which nothing is wrong; a test changes one thing of it. For tests. */

import type { InstanceFacts, SiteFacts } from '../../../collector/src/diagnose/facts.js'
import type { VerifyReport } from '../../../collector/src/diagnose/verify-report.js'
import type { ConnectionConfig, SiteConfig } from '../../../collector/src/sites/registry.js'
import type { HourCount, ListedEvent, Pause } from '../../../collector/src/store/reports.js'
import type { Attempt } from '../../../collector/src/store/store.js'
import { hourMs, minuteMs } from '../../../collector/src/time.js'
import { vendors } from '../../../collector/src/vendors/index.js'
import type { WireProperties } from '../../../collector/src/wire.js'

export const now = 1_795_400_000_000
export const thisHour = Math.floor(now / hourMs)

export const connection: ConnectionConfig = {
  vendor: 'tiktok',
  fingerprint: 'first',
  enabled: true,
  complete: true,
  fields: { pixelCode: 'CHRTV0567FRME7OQ5DI0' },
  lastFour: { accessToken: 'n-1' },
  version: 1,
}

export const site = (more: Partial<SiteConfig> = {}): SiteConfig => ({
  domain: 'shop.example',
  aliases: ['shop.example.net'],
  siteKey: 'site-key-1',
  origin: 'https://shop.example',
  paused: false,
  keepLegacyNames: false,
  managedByEnv: false,
  version: 1,
  connections: [connection],
  ...more,
})

export const event = (more: Partial<ListedEvent> = {}): ListedEvent => ({
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
  ...more,
})

export const hour = (more: Partial<HourCount> = {}): HourCount => ({
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
  ...more,
})

const product = { value: 49.9, currency: 'USD', contents: [{ content_id: 'sku-1' }] }

export const facts = (more: Partial<SiteFacts> = {}): SiteFacts => ({
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
  lastAttempts: new Map(),
  scope: 'ccpa',
  ...more,
})

export const instanceFacts = (more: Partial<InstanceFacts> = {}): InstanceFacts => ({
  now,
  names: ['shop.example'],
  rejectedSamples: [],
  host: '127.0.0.1',
  apart: false,
  ...more,
})

/** What raises a code, a part of what is told of it, and what comes close and does not raise it. */
export type Case<Facts = SiteFacts> = readonly [
  code: string,
  raising: Partial<Facts>,
  detail: string,
  quiet: Partial<Facts>,
]

export const report = (more: Partial<VerifyReport>): Partial<SiteFacts> => ({
  report: {
    at: now - minuteMs,
    version: '1.0.0',
    site: 'shop.example',
    origin: 'https://shop.example',
    ...more,
  },
})
export const knock = (reason: 'origin_not_allowed' | 'unknown_site', name: string, at = now - minuteMs) => ({
  rejectedSamples: [{ at, reason, site: name, event: 'Purchase' }],
})
export const times = <One>(number: number, one: One): One[] => Array.from({ length: number }, () => one)
export const pause = (fingerprint: string): Partial<SiteFacts> => ({
  pauses: [
    {
      site: 'shop.example',
      vendor: 'tiktok',
      fingerprint,
      reason: 'Invalid access token',
      pausedAt: 5,
      probeAt: now,
    },
  ] satisfies Pause[],
})
export const queue = (ageMs: number, pending = 12): Partial<SiteFacts> => ({
  queues: [{ site: 'shop.example', vendor: 'tiktok', pending, oldestAt: now - ageMs }],
})
export const attempt = (outcome: string, ageMs: number): Partial<SiteFacts> => {
  const last: Attempt = {
    at: now - ageMs,
    durationMs: 5,
    outcome,
    ambiguous: false,
    message: 'Too many requests',
  }
  return { lastAttempts: new Map([['tiktok', last]]) }
}
export const connected = (more: Partial<typeof connection>, also = {}) =>
  ({ site: site({ connections: [{ ...connection, ...more }], ...also }) }) satisfies Partial<SiteFacts>
export const sample = (properties: Record<string, unknown>, url = 'https://shop.example/') => ({
  samples: [{ event: 'Purchase', page: { url }, properties: properties as WireProperties }],
})
