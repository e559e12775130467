/** The back door: takes what is due from the outbox, sends it, writes down what became of it. One lane for each connection. */
import type { Vendor } from '../vendors/vendor.js'
import { type Connection, createWorker, type Worker, type WorkerDeps } from './worker.js'

export interface RelayDeps extends WorkerDeps {
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
  const workers = new Map<string, Worker>()
  const ending = new Set<Promise<void>>()
  const cut = new AbortController()

  function end(id: string, worker: Worker): void {
    workers.delete(id)
    const ended = worker.stop().finally(() => ending.delete(ended))
    ending.add(ended)
  }

  return {
    wake() {
      for (const worker of workers.values()) worker.wake()
    },
    running: () => [...workers.values()].every((worker) => worker.running()),
    connect(connections) {
      const wanted = new Map(connections.map((connection) => [idOf(connection), connection]))
      for (const [id, lane] of workers) if (!wanted.has(id)) end(id, lane)
      for (const [id, connection] of wanted) {
        const vendor = deps.vendors.get(connection.vendor)
        // Its old lane may still hold a lease: the new one claims what is not held.
        if (vendor && !workers.has(id)) workers.set(id, createWorker(connection, vendor, deps, cut.signal))
      }
    },
    async stop() {
      const timer = setTimeout(() => cut.abort(), graceMs)
      for (const [id, lane] of workers) end(id, lane)
      await Promise.all(ending)
      clearTimeout(timer)
    },
  }
}
