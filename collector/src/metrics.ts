/** Counts events and requests for Prometheus. Label values are bounded: a custom event name never becomes one. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { standardEvents } from './event.js'
import type { Queue, Store } from './store/store.js'

export interface Metrics {
  received(site: string, event: string, source: string): void
  skipped(reason: string): void
  /** Counts a decision on Limited Data Use. */
  decided(limitedDataUse: boolean, reason: string): void
  /** Counts a refused request. */
  refused(route: string, status: number): void
  /** Counts a warning about an accepted event. */
  warned(rule: string): void
  /** Counts a request to a vendor. */
  attempted(outcome: string, code: number | undefined, durationMs: number): void
  /** Records whether the vendor accepts the credentials of a site. */
  connection(site: string, vendor: string, isUp: boolean): void
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>
}

export interface MetricsDeps {
  store: Pick<Store, 'queues'>
  /** Age of the region data, in months. */
  regionAge: () => number | undefined
  /** Unix milliseconds. */
  clock: () => number
  version: string
}

/** Queue sizes are read again after this time, or after 20 times the duration of the last read if that is longer. */
const minCacheMs = 1_000

export function createMetrics({ store, regionAge, clock, version }: MetricsDeps): Metrics {
  const registers = [new Registry()]
  const counter = (name: string, help: string, labelNames: string[]) =>
    cachedCounter(new Counter({ name: `tagferry_${name}`, help, labelNames, registers }))
  const received = counter('events_received_total', 'Events accepted', ['site', 'event', 'source'])
  const skipped = counter('events_skipped_total', 'Events skipped', ['reason'])
  const decided = counter('limited_data_use_total', 'Decisions on Limited Data Use', ['flag', 'reason'])
  const refused = counter('http_refused_total', 'Requests refused', ['route', 'status'])
  const warned = counter('field_warnings_total', 'Warnings about accepted events', ['rule'])
  const attempts = counter('delivery_attempts_total', 'Requests to a vendor', ['outcome', 'code'])
  const duration = new Histogram({
    name: 'tagferry_delivery_duration_seconds',
    help: 'Time of a request to a vendor',
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `tagferry_${name}`, help, labelNames, registers })
  const up = gauge('connection_up', '1 while the vendor accepts the credentials', ['site', 'vendor'])
  const depth = gauge('queue_depth', 'Pending deliveries', ['site', 'vendor'])
  const oldest = gauge('queue_oldest_seconds', 'Age of the oldest pending delivery', ['site', 'vendor'])
  const age = gauge('region_table_age_months', 'Age of the region data')
  gauge('build_info', 'Version of the collector', ['version']).set({ version }, 1)
  const readQueues = cachedQueues(store, clock)
  return {
    received: (site, event, source) => received([site, standardEvents.has(event) ? event : 'custom', source]),
    skipped: (reason) => skipped([reason]),
    decided: (flag, reason) => decided([String(flag), reason]),
    refused: (route, status) => refused([route, String(status)]),
    warned: (rule) => warned([rule]),
    attempted(outcome, code, durationMs) {
      attempts([outcome, code === undefined ? '' : String(code)])
      duration.observe(durationMs / 1_000)
    },
    connection: (site, vendor, isUp) => up.set({ site, vendor }, isUp ? 1 : 0),
    async text() {
      const queues = await readQueues()
      depth.reset()
      oldest.reset()
      for (const { site, vendor, pending, oldestAt } of queues) {
        depth.set({ site, vendor }, pending)
        oldest.set({ site, vendor }, Math.max(0, clock() - oldestAt) / 1_000)
      }
      age.set(regionAge() ?? Number.NaN)
      return registers[0]?.metrics() ?? ''
    },
  }
}

/**
 * Reads the queue sizes at most a twentieth of the time, however often they are scraped.
 * Counting a million rows takes 0.1 s or more, and SQLite does nothing else meanwhile.
 */
function cachedQueues(store: MetricsDeps['store'], clock: () => number): () => Promise<Queue[]> {
  let cached: { until: number; queues: Promise<Queue[]> } | undefined
  return () => {
    const startedAt = clock()
    if (cached && startedAt < cached.until) return cached.queues
    const entry = { until: Number.POSITIVE_INFINITY, queues: store.queues() }
    const setExpiry = () => {
      const now = clock()
      entry.until = now + Math.max(minCacheMs, 20 * (now - startedAt))
    }
    entry.queues.then(setExpiry, setExpiry)
    cached = entry
    return entry.queues
  }
}

/** Caches the child of each set of labels: prom-client's own lookup costs a microsecond an event. */
function cachedCounter(counter: Counter): (labels: string[]) => void {
  const children = new Map<string, { inc(): void }>()
  return (labels) => {
    const key = labels.join('\n')
    const child = children.get(key) ?? counter.labels(...labels)
    children.set(key, child)
    child.inc()
  }
}
