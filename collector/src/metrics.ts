/** What is counted, in Prometheus' form. Labels are bounded: names that anybody may choose never become one. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { standardEvents } from './event.js'
import type { Queue, Store } from './store/store.js'

export interface Metrics {
  received(site: string, event: string, source: string): void
  skipped(reason: string): void
  /** A decision on Limited Data Use, with its reason. */
  decided(limitedDataUse: boolean, reason: string): void
  attempted(outcome: string, code: number | undefined, durationMs: number): void
  /** Credentials of a site were refused, or taken. */
  connection(site: string, vendor: string, up: boolean): void
  text(): Promise<string>
}

export interface MetricsDeps {
  store: Pick<Store, 'queues'>
  /** Age of the region data, in months. */
  regionAge: () => number | undefined
  clock: () => number
  version: string
}

/** How long a count is good for at least. */
const countedMs = 1_000

export function createMetrics({ store, regionAge, clock, version }: MetricsDeps): Metrics {
  const registers = [new Registry()]
  const counter = (name: string, help: string, labelNames: string[]) =>
    cached(new Counter({ name: `tagferry_${name}`, help, labelNames, registers }))
  const received = counter('events_received_total', 'Events accepted', ['site', 'event', 'source'])
  const skipped = counter('events_skipped_total', 'Events not sent, on purpose', ['reason'])
  const decided = counter('limited_data_use_total', 'Decisions on Limited Data Use', ['flag', 'reason'])
  const attempts = counter('delivery_attempts_total', 'Requests to a vendor', ['outcome', 'code'])
  const duration = new Histogram({
    name: 'tagferry_delivery_duration_seconds',
    help: 'Time of a request to a vendor',
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers,
  })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `tagferry_${name}`, help, labelNames, registers })
  const up = gauge('connection_up', '1 while the vendor takes the credentials', ['site', 'vendor'])
  const depth = gauge('queue_depth', 'Deliveries that wait', ['site', 'vendor'])
  const oldest = gauge('queue_oldest_seconds', 'Age of the oldest delivery that waits', ['site', 'vendor'])
  const age = gauge('region_table_age_months', 'Age of the region data')
  gauge('build_info', 'The running program', ['version']).set({ version }, 1)

  // Counting a million rows takes a tenth of a second and more, and on SQLite all else waits meanwhile: a scraper
  // that hurries gets the last count, so that counting never takes more than a twentieth of the time.
  let counted: { until: number; queues: Promise<Queue[]> } | undefined
  const queues = () => {
    if (counted && clock() < counted.until) return counted.queues
    const began = clock()
    const count = { until: Number.POSITIVE_INFINITY, queues: store.queues() }
    const rest = () => {
      count.until = clock() + Math.max(countedMs, 20 * (clock() - began))
    }
    count.queues.then(rest, rest)
    counted = count
    return count.queues
  }

  return {
    received: (site, event, source) => received([site, standardEvents.has(event) ? event : 'custom', source]),
    skipped: (reason) => skipped([reason]),
    decided: (flag, reason) => decided([String(flag), reason]),
    attempted(outcome, code, durationMs) {
      attempts([outcome, code === undefined ? '' : String(code)])
      duration.observe(durationMs / 1_000)
    },
    connection: (site, vendor, isUp) => up.set({ site, vendor }, isUp ? 1 : 0),
    async text() {
      depth.reset()
      oldest.reset()
      for (const { site, vendor, pending, oldestAt } of await queues()) {
        depth.set({ site, vendor }, pending)
        oldest.set({ site, vendor }, Math.max(0, clock() - oldestAt) / 1_000)
      }
      age.set(regionAge() ?? Number.NaN)
      return registers[0]?.metrics() ?? ''
    },
  }
}

/** Finds the child of its labels without prom-client's own look-up, which costs a microsecond an event. */
function cached(counter: Counter): (labels: string[]) => void {
  const children = new Map<string, { inc(): void }>()
  return (labels) => {
    const key = labels.join('\n')
    const child = children.get(key) ?? counter.labels(...labels)
    children.set(key, child)
    child.inc()
  }
}
