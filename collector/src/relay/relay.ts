/** The back door: takes what is due from the outbox, sends it, writes down what became of it. One lane for each connection. */
import type { Vendor } from '../vendors/vendor.js'
import { type Connection, createLane, type Lane, type LaneDeps } from './worker.js'

export interface RelayDeps extends LaneDeps {
  vendors: ReadonlyMap<string, Vendor>
}

export interface Relay {
  /** New deliveries have been stored: look now instead of at the next due time. */
  wake(): void
  /** Whether all lanes are at work. */
  running(): boolean
  /** The connections there are now: new ones start, those gone or with other credentials end. */
  connect(connections: readonly Connection[]): void
  /** Lets requests in flight end for 3 s, then cuts them, and resolves when all is written down. */
  stop(): Promise<void>
}

const graceMs = 3_000

const idOf = ({ site, vendor, fingerprint }: Connection) => `${site}\n${vendor}\n${fingerprint}`

/** A lane for each connection, so that a slow or failing one delays no other. */
export function startRelay(deps: RelayDeps): Relay {
  const lanes = new Map<string, Lane>()
  const ending = new Set<Promise<void>>()
  const cut = new AbortController()

  function end(id: string, lane: Lane): void {
    lanes.delete(id)
    const ended = lane.stop().finally(() => ending.delete(ended))
    ending.add(ended)
  }

  return {
    wake() {
      for (const lane of lanes.values()) lane.wake()
    },
    running: () => [...lanes.values()].every((lane) => lane.running()),
    connect(connections) {
      const wanted = new Map(connections.map((connection) => [idOf(connection), connection]))
      for (const [id, lane] of lanes) if (!wanted.has(id)) end(id, lane)
      for (const [id, connection] of wanted) {
        const vendor = deps.vendors.get(connection.vendor)
        // Its old lane may still hold a lease: the new one claims what is not held.
        if (vendor && !lanes.has(id)) lanes.set(id, createLane(connection, vendor, deps, cut.signal))
      }
    },
    async stop() {
      const timer = setTimeout(() => cut.abort(), graceMs)
      for (const [id, lane] of lanes) end(id, lane)
      await Promise.all(ending)
      clearTimeout(timer)
    },
  }
}
