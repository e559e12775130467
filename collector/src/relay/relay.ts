/** The back door: takes what is due from the outbox, sends it, writes down what became of it. One lane for each connection. */
import type { ConnectionName, Store } from '../store/store.js'
import type { Credentials, Vendor } from '../vendors/vendor.js'
import { createLane, type Lane } from './lane.js'

export interface Connection extends ConnectionName {
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
  /** Lets requests in flight settle (their own deadline bounds that), then resolves. */
  stop(): Promise<void>
}

/** Starts a lane for each connection, so that a slow or failing one delays no other. */
export function startRelay(deps: RelayDeps): Relay {
  const lanes: Lane[] = []
  for (const connection of deps.connections) {
    const vendor = deps.vendors.get(connection.vendor)
    if (vendor) lanes.push(createLane(connection, vendor, deps))
  }
  return {
    wake() {
      for (const lane of lanes) lane.wake()
    },
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()))
    },
  }
}
