// Knows what may happen to a store, in any order.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { HashedEvent, Sha256 } from '../../collector/src/event.js'
import type { ConnectionKey, Entry, Settlement } from '../../collector/src/store/store.js'
import { subjectKeys } from '../../collector/src/store/subject-keys.js'
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
const sent = fc.record({
  site,
  eventId,
  source: fc.constantFrom('browser', 'server'),
  person,
  vendors: fc.constantFrom(vendors, vendors.slice(0, 1), vendors.slice(1), []),
})
const at = fc.nat(3)
const connectionAt = <Rest>(rest: fc.Arbitrary<Rest>) => fc.tuple(at, rest)

/** What a holder may say of its deliveries, at a time. */
const outcomes: Record<string, (now: number, event: HashedEvent) => Omit<Settlement, 'id'>> = {
  delivered: () => ({ state: 'delivered' }),
  failed: () => ({ state: 'failed', reason: 'no' }),
  later: (now) => ({ state: 'pending', dueAt: now + 30_000, reason: 'throttled' }),
  ambiguous: (now) => ({ state: 'pending', dueAt: now + 1_000, reason: 'ambiguous' }),
  released: (_now, { receivedAt }) => ({ state: 'pending', dueAt: receivedAt }),
}

/** What happens all day, beside what happens now and then. */
const often = (one: () => fc.Arbitrary<Command>) => [one(), one(), one(), one()]

const arbitraries: fc.Arbitrary<Command>[] = [
  ...often(() =>
    fc.array(sent, { minLength: 1, maxLength: 5 }).map((all) =>
      command(`ingest ${JSON.stringify(all)}`, async (model, real) => {
        const events = all.map(({ person, vendors: _, ...event }) =>
          hashedEvent(event.eventId, { ...event, receivedAt: model.now, user: { email: hashOf(person) } }),
        )
        const before = model.kept.filter(({ skipped }) => skipped).length
        const verdicts = await real.store.append(
          all.map((one, index) => entryOf(events[index] as HashedEvent, one.vendors)),
        )
        assert.deepEqual(
          verdicts,
          all.map((one, index) => model.append(events[index] as HashedEvent, one.vendors)),
          'verdicts',
        )
        if (verdicts.includes('duplicate')) real.saw('duplicates')
        if (model.kept.filter(({ skipped }) => skipped).length < before)
          real.saw('skipped events that gave way')
      }),
    ),
  ),
  fc.record({ site, eventId, person }).map((no) =>
    command(`withdraw ${JSON.stringify(no)}`, async (model, real) => {
      const event = hashedEvent(no.eventId, { site: no.site, receivedAt: model.now })
      const withdrawn = subjectKeys({ email: hashOf(no.person) })
      const verdict = await real.store.append([{ ...entryOf(event, []), withdrawn } as Entry])
      assert.deepEqual(verdict, [model.append(event, [])])
      model.withdraw(no.site, hashOf(no.person))
    }),
  ),
  ...often(() =>
    connectionAt(fc.constantFrom(1, 3, 100)).map(([index, limit]) =>
      command(`claim ${index} up to ${limit}`, async (model, real) => {
        const connection = real.connections[index] as ConnectionKey
        const stopped = () =>
          model.kept
            .flatMap((one) => [...one.deliveries.values()])
            .filter(({ reason }) => reason === 'consent').length
        const before = stopped()
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
        if (stopped() > before) real.saw('deliveries stopped by a withdrawal')
      }),
    ),
  ),
  ...often(() =>
    fc
      .tuple(fc.nat(1), fc.constantFrom('failed', ...Object.keys(outcomes)), fc.boolean())
      .map(([back, outcome, half]) =>
        command(
          `settle ${half ? 'half' : 'all'} of lease ${back} from the end: ${outcome}`,
          async (model, real) => {
            const lease = real.leases.filter(({ deliveries }) => deliveries.length > 0).at(-1 - back)
            if (!lease) return
            const number = real.leases.indexOf(lease)
            const { deliveries } = lease
            const said = deliveries.slice(0, half ? Math.ceil(deliveries.length / 2) : undefined).map(
              ({ id, event }) =>
                ({ id, event, ...outcomes[outcome]?.(model.now, event) }) as Settlement & {
                  event: HashedEvent
                },
            )
            const tried =
              outcome === 'released'
                ? undefined
                : { ...attempt, at: model.now, outcome, ambiguous: outcome === 'ambiguous' }
            const held = await real.store.settle(
              lease,
              said.map(({ event: _, ...settlement }) => settlement),
              model.now,
              tried,
            )
            assert.equal(held, model.settle(number, lease.vendor, said, tried), 'held')
            if (held < said.length) real.saw('late settlements')
          },
        ),
      ),
  ),
  at.map((index) =>
    command(`token of ${index} revoked`, async (model, real) => {
      const connection = real.connections[index] as ConnectionKey
      await real.store.pause(connection, '40105', model.now)
      model.pause(connection)
    }),
  ),
  connectionAt(fc.nat(2)).map(([index, token]) =>
    command(`token ${token} for ${index}`, async (_model, { connections }) => {
      connections[index] = { ...(connections[index] as ConnectionKey), fingerprint: `token ${token}` }
    }),
  ),
  at.map((index) =>
    command(`resume ${index}`, async (model, real) => {
      const { site, vendor } = real.connections[index] as ConnectionKey
      await real.store.resume({ site, vendor })
      model.pauses.delete(`${site} ${vendor}`)
    }),
  ),
  fc.constantFrom(undefined, ...sites).map((only) =>
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
  ),
  eventId.map((id) =>
    command(`replay event ${id}`, async (model, real) => {
      const rows = (await real.store.list({ limit: 1_000 })).filter(({ eventId }) => eventId === id)
      const replayed = await real.store.replay({ ids: rows.map((row) => row.id) }, model.now)
      assert.deepEqual(
        replayed,
        model.replay(({ eventId }) => eventId === id),
        'replay',
      )
      if (replayed.count > 0) real.saw('replays')
    }),
  ),
  person.map((letter) =>
    command(`erase ${letter}`, async (model, real) => {
      const erased = await real.store.erase(hashOf(letter))
      assert.equal(erased, model.erase(hashOf(letter)), 'erased')
      if (erased > 0) real.saw('events erased')
    }),
  ),
  fc.tuple(fc.constantFrom(0, 60_000, 600_000), fc.constantFrom(1, 3)).map(([age, page]) =>
    command(`purge what is older than ${age} ms by pages of ${page}`, async (model, real) => {
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
  ),
  ...often(() =>
    fc.constantFrom(1, 1_000, 30_000, leaseMs - 1, leaseMs, 600_000, 49 * 3_600_000).map((ms) =>
      command(`${ms} ms pass`, async (model) => {
        model.now += ms
      }),
    ),
  ),
  fc.constant(
    command('crash', async (model, real) => {
      const open = model.kept.some((one) =>
        [...one.deliveries.values()].some(({ lease }) => lease !== undefined),
      )
      if (open) real.saw('crashes with leases open')
      await real.crash()
    }),
  ),
]

const entryOf = (event: HashedEvent, sendTo: readonly string[]): Entry => {
  if (sendTo.length > 0) return { kind: 'event', event, vendors: sendTo }
  const { site, source, event: name, eventId, eventTime, receivedAt } = event
  return {
    kind: 'skipped',
    event: { site, source, event: name, eventId, eventTime, receivedAt, reason: 'consent' },
  }
}

export const commands = (maxCommands: number) => fc.commands(arbitraries, { maxCommands, size: 'max' })
