// Knows what one step of a run is: it happens to the store and to the reference, and then all that can be seen is compared.
import assert from 'node:assert/strict'
import type fc from 'fast-check'
import type { ConnectionKey, Lease, Store } from '../../collector/src/store/store.js'
import type { Reference } from './reference.js'

export interface Real {
  store: Store
  /** All that were ever handed out; what a crash leaves behind too. */
  leases: Lease[]
  connections: ConnectionKey[]
  /** Ends the store without settling anything, and opens it again on the same data. */
  crash(): Promise<void>
  /** How often something was seen that a run without it would prove nothing of. */
  saw(what: Sight): void
}

export const sights = [
  'duplicates',
  'skipped events that gave way',
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

/** @param step compares what the store answers; what it holds afterwards is compared after each */
export const command = (name: string, step: (model: Reference, real: Real) => Promise<void>): Command => ({
  check: () => true,
  toString: () => name,
  async run(model, real) {
    await step(model, real)
    await compare(model, real)
  },
})

async function compare(model: Reference, { store, connections }: Real): Promise<void> {
  const [listed, queues, ...due] = await Promise.all([
    store.list({ limit: 1_000 }),
    store.queues(),
    ...connections.map((connection) => store.nextDue(connection)),
  ])
  const seen = listed.map(({ site, eventId, receivedAt, skipReason, deliveries }) => ({
    site,
    eventId,
    receivedAt,
    skipped: skipReason !== undefined,
    deliveries: deliveries.map(({ dueAt, ...rest }) => ({
      ...rest,
      ...(rest.state === 'pending' && { dueAt }),
    })),
  }))
  assert.deepEqual(seen, model.list(), 'events and deliveries')
  const place = ({ site, vendor }: { site: string; vendor: string }) =>
    connections.findIndex((one) => one.site === site && one.vendor === vendor)
  assert.deepEqual(
    queues.sort((a, b) => place(a) - place(b)),
    model.queues(connections),
    'queues',
  )
  assert.deepEqual(
    due,
    connections.map((connection) => model.nextDue(connection)),
    'next due',
  )
}
