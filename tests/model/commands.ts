// The commands that a run may give to a store, in any order.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { HashedEvent, Sha256 } from '../../collector/src/event.js'
import type { ConnectionKey, Entry, Settlement } from '../../collector/src/store/store.js'
import { subjectKeys } from '../../collector/src/store/subject-keys.js'
import { hourMs } from '../../collector/src/time.js'
import { attempt, hashedEvent } from '../support/store-samples.js'
import { type Command, command } from './step.js'

const leaseMs = 60_000
const sites = ['shop.example', 'other.example']
const vendors = ['one', 'two']
export const newConnections = (): ConnectionKey[] =>
  sites.flatMap((site) => vendors.map((vendor) => ({ site, vendor, fingerprint: 'token 0' })))

const person = fc.constantFrom('a', 'b', 'c')
const hashOf = (letter: string) => letter.repeat(64) as Sha256
const site = fc.constantFrom(...sites)
const eventId = fc.nat(9).map(String)
const sentEvent = fc.record({
  site,
  eventId,
  source: fc.constantFrom('browser', 'server'),
  person,
  vendors: fc.constantFrom(vendors, vendors.slice(0, 1), vendors.slice(1), []),
})
const connectionIndex = fc.nat(3)
const withConnection = <Rest>(rest: fc.Arbitrary<Rest>) => fc.tuple(connectionIndex, rest)

/** Outcomes that a holder may report for its deliveries. */
const outcomes: Record<string, (now: number, event: HashedEvent) => Omit<Settlement, 'id'>> = {
  delivered: () => ({ state: 'delivered' }),
  failed: () => ({ state: 'failed', reason: 'no' }),
  later: (now) => ({ state: 'pending', dueAt: now + 30_000, reason: 'throttled' }),
  ambiguous: (now) => ({ state: 'pending', dueAt: now + 1_000, reason: 'ambiguous' }),
  released: (_now, { receivedAt }) => ({ state: 'pending', dueAt: receivedAt }),
}

const ingest = fc.array(sentEvent, { minLength: 1, maxLength: 5 }).map((sent) =>
  command(`ingest ${JSON.stringify(sent)}`, async (model, real) => {
    const events = sent.map(({ person, vendors: _, ...event }) =>
      hashedEvent(event.eventId, { ...event, receivedAt: model.now, user: { email: hashOf(person) } }),
    )
    const skippedBefore = model.skippedEvents()
    const verdicts = await real.store.append(
      sent.map(({ vendors }, index) => entryOf(events[index] as HashedEvent, vendors)),
    )
    assert.deepEqual(
      verdicts,
      sent.map(({ vendors }, index) => model.append(events[index] as HashedEvent, vendors)),
      'verdicts',
    )
    if (verdicts.includes('duplicate')) real.saw('duplicates')
    if (model.skippedEvents() < skippedBefore) real.saw('replaced skipped events')
  }),
)

const withdraw = fc.record({ site, eventId, person }).map((withdrawal) =>
  command(`withdraw ${JSON.stringify(withdrawal)}`, async (model, real) => {
    const event = hashedEvent(withdrawal.eventId, { site: withdrawal.site, receivedAt: model.now })
    const withdrawn = subjectKeys({ email: hashOf(withdrawal.person) })
    const verdict = await real.store.append([{ ...entryOf(event, []), withdrawn } as Entry])
    assert.deepEqual(verdict, [model.append(event, [])])
    model.withdraw(withdrawal.site, hashOf(withdrawal.person))
  }),
)

const claim = withConnection(fc.constantFrom(1, 3, 100)).map(([index, limit]) =>
  command(`claim ${index} up to ${limit}`, async (model, real) => {
    const connection = real.connections[index] as ConnectionKey
    const withdrawnBefore = model.withdrawnDeliveries()
    const lease = await real.store.claim(connection, model.now, limit, leaseMs)
    const expected = model.claim(connection, limit, leaseMs, real.leases.length)
    real.leases.push(lease)
    const deliveries = lease.deliveries.map(({ event, attempts, ambiguousAt }) => ({
      event,
      attempts,
      ambiguousAt,
    }))
    assert.deepEqual({ probe: lease.probe, deliveries }, expected, 'claim')
    if (lease.probe) real.saw(deliveries.length > 0 ? 'probes' : 'claims held back by a pause')
    if (model.withdrawnDeliveries() > withdrawnBefore) real.saw('deliveries stopped by a withdrawal')
  }),
)

const settle = fc
  .tuple(fc.nat(1), fc.constantFrom('failed', ...Object.keys(outcomes)), fc.boolean())
  .map(([back, outcome, half]) =>
    command(
      `settle ${half ? 'half' : 'all'} of lease ${back} from the end: ${outcome}`,
      async (model, real) => {
        const lease = real.leases.filter(({ deliveries }) => deliveries.length > 0).at(-1 - back)
        if (!lease) return
        const { deliveries } = lease
        const settled = deliveries.slice(0, half ? Math.ceil(deliveries.length / 2) : undefined)
        const settlements = settled.map(({ id, event }) => ({
          ...(outcomes[outcome]?.(model.now, event) as Omit<Settlement, 'id'>),
          id,
          event,
        }))
        const made =
          outcome === 'released'
            ? undefined
            : { ...attempt, at: model.now, outcome, ambiguous: outcome === 'ambiguous' }
        const held = await real.store.settle(
          lease,
          settlements.map(({ event: _, ...settlement }) => settlement),
          model.now,
          made,
        )
        const expected = model.settle(real.leases.indexOf(lease), lease.vendor, settlements, made)
        assert.equal(held, expected, 'held')
        if (held < settlements.length) real.saw('late settlements')
      },
    ),
  )

const revokeToken = connectionIndex.map((index) =>
  command(`token of ${index} revoked`, async (model, real) => {
    const connection = real.connections[index] as ConnectionKey
    await real.store.pause(connection, '40105', model.now)
    model.pause(connection)
  }),
)

const replaceToken = withConnection(fc.nat(2)).map(([index, token]) =>
  command(`token ${token} for ${index}`, async (_model, { connections }) => {
    connections[index] = { ...(connections[index] as ConnectionKey), fingerprint: `token ${token}` }
  }),
)

const resume = connectionIndex.map((index) =>
  command(`resume ${index}`, async (model, real) => {
    const { site, vendor } = real.connections[index] as ConnectionKey
    await real.store.resume({ site, vendor })
    model.pauses.delete(`${site} ${vendor}`)
  }),
)

const replayTime = fc.constantFrom(undefined, ...sites).map((only) =>
  command(`replay ${only ?? 'all'}`, async (model, real) => {
    const which = { since: 0, until: model.now, ...(only && { site: only }) }
    const replayed = await real.store.replay(which, model.now)
    assert.deepEqual(
      replayed,
      model.replay(({ site }) => site === (only ?? site)),
      'replay',
    )
    if (replayed.count > 0) real.saw('replays')
  }),
)

const replayEvent = eventId.map((id) =>
  command(`replay event ${id}`, async (model, real) => {
    const { events } = await real.store.events({ limit: 1_000 })
    const ids = events.filter(({ eventId }) => eventId === id).map((event) => event.id)
    const replayed = await real.store.replay({ ids }, model.now)
    assert.deepEqual(
      replayed,
      model.replay(({ eventId }) => eventId === id),
      'replay',
    )
    if (replayed.count > 0) real.saw('replays')
  }),
)

const erase = person.map((letter) =>
  command(`erase ${letter}`, async (model, real) => {
    const erased = await real.store.erase(hashOf(letter))
    assert.equal(erased, model.erase(hashOf(letter)), 'erased')
    if (erased > 0) real.saw('events erased')
  }),
)

const purge = fc.tuple(fc.constantFrom(0, 60_000, 600_000), fc.constantFrom(1, 3)).map(([age, page]) =>
  command(`purge events older than ${age} ms by pages of ${page}`, async (model, real) => {
    const before = model.now - age
    let removed = 0
    for (let next: number | undefined = 0; next !== undefined; ) {
      const purged = await real.store.purge(before, next, page)
      removed += purged.removed
      next = purged.next
    }
    assert.equal(removed, model.purge(before, page), 'purged')
    if (removed > 0) real.saw('events purged')
  }),
)

const passTime = fc.constantFrom(1, 1_000, 30_000, leaseMs - 1, leaseMs, 600_000, 49 * hourMs).map((ms) =>
  command(`${ms} ms pass`, async (model) => {
    model.now += ms
  }),
)

const crash = fc.constant(
  command('crash', async (model, real) => {
    if (model.hasOpenLease()) real.saw('crashes with leases open')
    await real.crash()
  }),
)

const frequent = [ingest, claim, settle, passTime]
const rare = [
  ...[withdraw, revokeToken, replaceToken, resume, replayTime, replayEvent],
  ...[erase, purge, crash],
]
const arbitraries: fc.Arbitrary<Command>[] = [...frequent, ...frequent, ...frequent, ...frequent, ...rare]

const entryOf = (event: HashedEvent, sendTo: readonly string[]): Entry => {
  if (sendTo.length > 0) return { kind: 'event', event, vendors: sendTo }
  const { site, source, event: name, eventId, eventTime, receivedAt } = event
  return {
    kind: 'skipped',
    event: { site, source, event: name, eventId, eventTime, receivedAt, reason: 'consent' },
  }
}

export const commands = (maxCommands: number) => fc.commands(arbitraries, { maxCommands, size: 'max' })
