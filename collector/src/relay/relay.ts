/** Sends stored deliveries to the vendors, with one worker for each connection: a failing one delays no other. */
import type { Vendor } from '../vendors/vendor.js'
import { createBudget } from './budget.js'
import { drainGraceMs, maxBytesInMemory } from './policy.js'
import { type Connection, createWorker, type Worker, type WorkerDeps } from './worker.js'

export interface RelayDeps extends Omit<WorkerDeps, 'budget'> {
  vendors: ReadonlyMap<string, Vendor>
}

export interface Relay {
  /** Reads the store now instead of at the next due time: new deliveries have been stored. */
  wake(): void
  /** Whether all workers run. */
  isRunning(): boolean
  /** Starts workers for new connections, and stops those of connections that are gone or have other credentials. */
  connect(connections: readonly Connection[]): void
  /** Aborts requests that are in flight after 3 s, and resolves when all outcomes are stored. */
  stop(): Promise<void>
}

const idOf = ({ site, vendor, fingerprint }: Connection) => `${site}\n${vendor}\n${fingerprint}`

export function startRelay(deps: RelayDeps): Relay {
  const workers = new Map<string, Worker>()
  const stopping = new Set<Promise<void>>()
  const abort = new AbortController()
  const workerDeps: WorkerDeps = { ...deps, budget: createBudget(maxBytesInMemory) }

  function stopWorker(id: string, worker: Worker): void {
    workers.delete(id)
    const stopped = worker.stop().finally(() => stopping.delete(stopped))
    stopping.add(stopped)
  }

  return {
    wake() {
      for (const worker of workers.values()) worker.wake()
    },
    isRunning: () => [...workers.values()].every((worker) => worker.isRunning()),
    connect(connections) {
      const wanted = new Map(connections.map((connection) => [idOf(connection), connection]))
      for (const [id, worker] of workers) if (!wanted.has(id)) stopWorker(id, worker)
      for (const [id, connection] of wanted) {
        const vendor = deps.vendors.get(connection.vendor)
        // The previous worker may still hold a lease: the new one claims only what is free.
        if (vendor && !workers.has(id))
          workers.set(id, createWorker(connection, vendor, workerDeps, abort.signal))
      }
    },
    async stop() {
      const timer = setTimeout(() => abort.abort(), drainGraceMs)
      for (const [id, worker] of workers) stopWorker(id, worker)
      await Promise.all(stopping)
      clearTimeout(timer)
    },
  }
}
