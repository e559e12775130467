/** The back door: takes what is due from the outbox, sends it, writes down what became of it. One lane for each connection. */
import type { Metrics } from '../metrics.js'
import type { ConnectionKey, Store } from '../store/store.js'
import type { Credentials, Vendor } from '../vendors/vendor.js'
import { createLane, type Lane } from './lane.js'

export interface Connection extends ConnectionKey {
  credentials: Credentials
}

export interface RelayDeps {
  store: Store
  vendors: ReadonlyMap<string, Vendor>
  connections: readonly Connection[]
  /** Unix milliseconds. */
  clock: () => number
  /** From 0 to 1. */
  random: () => number
  log: RelayLog
  metrics: Pick<Metrics, 'attempted' | 'connection'>
}

/** Says what happened; never an event's own data, and never a vendor's message, which may quote it. */
export interface RelayLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface Relay {
  /** New deliveries have been stored: look now instead of at the next due time. */
  wake(): void
  /** Whether all lanes are at work. */
  running(): boolean
  /** Lets requests in flight end for 3 s, then cuts them, and resolves when all is written down. */
  stop(): Promise<void>
}

const graceMs = 3_000

/** Starts a lane for each connection, so that a slow or failing one delays no other. */
export function startRelay(deps: RelayDeps): Relay {
  const lanes: Lane[] = []
  const cut = new AbortController()
  for (const connection of deps.connections) {
    const vendor = deps.vendors.get(connection.vendor)
    if (vendor) lanes.push(createLane(connection, vendor, deps, cut.signal))
  }
  return {
    wake() {
      for (const lane of lanes) lane.wake()
    },
    running: () => lanes.every((lane) => lane.running()),
    async stop() {
      const timer = setTimeout(() => cut.abort(), graceMs)
      await Promise.all(lanes.map((lane) => lane.stop()))
      clearTimeout(timer)
    },
  }
}
