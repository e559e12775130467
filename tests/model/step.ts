// One step of a run: a command changes the store and the reference, and then everything visible of both is compared.
import assert from 'node:assert/strict'
import type fc from 'fast-check'
import type { Outbox } from '../../collector/src/store/outbox.js'
import type { ConnectionKey, Lease } from '../../collector/src/store/store.js'
import type { Reference } from './reference.js'

export interface Real {
  store: Outbox
  /** All that were ever handed out, including those that a crash left behind. */
  leases: Lease[]
  connections: ConnectionKey[]
  /** Closes the store without settling anything, and opens it again on the same data. */
  crash(): Promise<void>
  /** Counts a situation that the runs must contain to prove anything. */
  saw(what: Sight): void
}

export const sights = [
  'duplicates',
  'replaced skipped events',
  'crashes with leases open',
  'late settlements',
  'probes',
  'claims held back by a pause',
  'deliveries stopped by a withdrawal',
  'replays',
  'events erased',
  'events purged',
] as const
export type Sight = (typeof sights)[number]

export type Command = fc.AsyncCommand<Reference, Real>

/** @param step compares the answers of the store; its contents are compared after each step */
export const command = (name: string, step: (model: Reference, real: Real) => Promise<void>): Command => ({
  check: () => true,
  toString: () => name,
  async run(model, real) {
    await step(model, real)
    await compare(model, real)
  },
})

/** More than a run stores. */
const limit = 1_000

async function compare(model: Reference, { store, connections }: Real): Promise<void> {
  const [{ events }, queues, ...due] = await Promise.all([
    store.events({ limit }),
    store.queues(),
    ...connections.map((connection) => store.nextDue(connection)),
  ])
  const stored = events.map(({ site, eventId, receivedAt, skipReason, deliveries }) => ({
    site,
    eventId,
    receivedAt,
    skipped: skipReason !== undefined,
    deliveries: deliveries.map(({ dueAt, ...rest }) => ({
      ...rest,
      ...(rest.state === 'pending' && { dueAt }),
    })),
  }))
  assert.deepEqual(stored, model.list(), 'events and deliveries')
  const positionOf = ({ site, vendor }: { site: string; vendor: string }) =>
    connections.findIndex((connection) => connection.site === site && connection.vendor === vendor)
  assert.deepEqual(
    queues.sort((a, b) => positionOf(a) - positionOf(b)),
    model.queues(connections),
    'queues',
  )
  assert.deepEqual(
    due,
    connections.map((connection) => model.nextDue(connection)),
    'next due',
  )
}
