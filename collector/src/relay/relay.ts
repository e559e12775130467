/** The back door: takes what is due from the outbox, sends it, writes down what became of it. One lane for each connection. */
import type { Vendor } from '../vendors/vendor.js'
import { type Connection, createLane, type Lane, type LaneDeps } from './lane.js'

export interface RelayDeps extends LaneDeps {
  vendors: ReadonlyMap<string, Vendor>
  connections: readonly Connection[]
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
