// Knows what the store room has to do, in the simplest words there are: a list that is searched from its beginning.
import type { HashedEvent } from '../../collector/src/event.js'
import {
  type Attempt,
  ambiguousRetryWindowMs,
  type ConnectionKey,
  type ConnectionName,
  probeMs,
  type Queue,
  type Replayed,
  type Settlement,
} from '../../collector/src/store/store.js'

interface Waiting {
  state: Settlement['state']
  dueAt: number
  attempts: number
  reason: string | undefined
  ambiguousAt: number | undefined
  /** Number of the lease that may settle it. */
  lease: number | undefined
}

interface Kept {
  event: HashedEvent
  skipped: boolean
  /** By vendor. */
  deliveries: Map<string, Waiting>
}

const same = (a: HashedEvent, b: HashedEvent) =>
  a.site === b.site && a.event === b.event && a.eventId === b.eventId
const inLine = (a: Waiting, b: Waiting) => a.dueAt - b.dueAt
const waits = ({ deliveries }: Kept) => [...deliveries.values()].some(({ state }) => state === 'pending')

/** Here a person is an e-mail address. */
const personOf = (event: HashedEvent) => String(event.user.email)

export class Reference {
  /** In the order of the rows. */
  kept: Kept[] = []
  pauses = new Map<string, { fingerprint: string; probeAt: number }>()
  /** When somebody of a site said no last. */
  withdrawals = new Map<string, number>()

  constructor(public now: number) {}

  append(event: HashedEvent, vendors: readonly string[]): 'stored' | 'duplicate' {
    const skipped = vendors.length === 0
    const earlier = this.kept.find((one) => same(one.event, event))
    if (earlier && (skipped || !earlier.skipped)) return 'duplicate'
    const kept: Kept = earlier ?? { event, skipped, deliveries: new Map() }
    if (!earlier) this.kept.push(kept)
    Object.assign(kept, { event, skipped })
    const fresh = { state: 'pending', dueAt: event.receivedAt, attempts: 0 } as const
    const nothing = { reason: undefined, ambiguousAt: undefined, lease: undefined }
    for (const vendor of vendors) kept.deliveries.set(vendor, { ...fresh, ...nothing })
    return 'stored'
  }

  withdraw(site: string, person: string): void {
    this.withdrawals.set(`${site} ${person}`, this.now)
  }

  /** @param lease its number */
  claim(connection: ConnectionKey, limit: number, leaseMs: number, lease: number) {
    const pause = this.pauseOf(connection)
    const probe = pause !== undefined
    const due = this.pending(connection).filter(({ delivery }) => delivery.dueAt <= this.now)
    if (pause && (due.length === 0 || pause.probeAt > this.now)) return { probe, deliveries: [] }
    if (pause) pause.probeAt = this.now + probeMs
    due.sort((a, b) => inLine(a.delivery, b.delivery))
    const taken = due.slice(0, pause ? 1 : limit).sort((a, b) => a.row - b.row)
    for (const { delivery } of taken) Object.assign(delivery, { dueAt: this.now + leaseMs, lease })
    const refused = taken.filter(({ event }) => this.saidNo(event))
    for (const { delivery } of refused)
      Object.assign(delivery, { state: 'skipped', reason: 'consent', lease: undefined })
    const deliveries = taken
      .filter((one) => !refused.includes(one))
      .map(({ event, delivery: { attempts, ambiguousAt } }) => ({ event, attempts, ambiguousAt }))
    return { probe, deliveries }
  }

  /** Gives how many of the events the lease still held. */
  settle(
    lease: number,
    vendor: string,
    said: readonly (Omit<Settlement, 'id'> & { event: HashedEvent })[],
    attempt?: Attempt,
  ): number {
    const held = said.flatMap(({ event, ...settlement }) => {
      const delivery = this.kept.find((one) => same(one.event, event))?.deliveries.get(vendor)
      return delivery?.lease === lease ? [{ delivery, settlement }] : []
    })
    for (const { delivery, settlement } of held) {
      delivery.state = settlement.state
      delivery.dueAt = settlement.dueAt ?? delivery.dueAt
      delivery.reason = settlement.reason
      delivery.lease = undefined
      if (attempt) delivery.attempts++
      if (attempt?.ambiguous) delivery.ambiguousAt ??= attempt.at
    }
    return held.length
  }

  pause({ site, vendor, fingerprint }: ConnectionKey): void {
    this.pauses.set(`${site} ${vendor}`, { fingerprint, probeAt: this.now + probeMs })
  }

  nextDue(connection: ConnectionKey): number | undefined {
    const due = this.pending(connection).map(({ delivery }) => delivery.dueAt)
    return due.length === 0 ? undefined : Math.max(Math.min(...due), this.pauseOf(connection)?.probeAt ?? 0)
  }

  replay(among: (event: HashedEvent) => boolean): Replayed {
    const failed = this.kept
      .filter(({ event }) => among(event))
      .flatMap(({ deliveries }) => [...deliveries.values()].filter(({ state }) => state === 'failed'))
    const doubtful = failed.filter(
      ({ ambiguousAt }) => ambiguousAt !== undefined && this.now - ambiguousAt > ambiguousRetryWindowMs,
    )
    for (const delivery of doubtful) delivery.ambiguousAt = undefined
    const again = { state: 'pending', dueAt: this.now, lease: undefined, reason: 'replay' }
    for (const delivery of failed) Object.assign(delivery, again)
    return { count: failed.length, mayCountTwice: doubtful.length }
  }

  erase(person: string): number {
    return this.remove(({ event, skipped }) => !skipped && personOf(event) === person)
  }

  /** A page at a time, until a page holds nothing old. */
  purge(before: number, limit: number): number {
    const gone = new Set<Kept>()
    for (let from = 0; ; from += limit) {
      const page = this.kept.slice(from, from + limit)
      const old = page.filter(({ event }) => event.receivedAt < before)
      for (const one of old) if (!waits(one)) gone.add(one)
      if (old.length === 0 || page.length < limit) break
    }
    return this.remove((one) => gone.has(one))
  }

  /** All that can be seen from outside, newest first. */
  list() {
    return this.kept.toReversed().map(({ event, skipped, deliveries }) => ({
      site: event.site,
      eventId: event.eventId,
      receivedAt: event.receivedAt,
      skipped,
      deliveries: [...deliveries]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([vendor, { state, dueAt, attempts, reason }]) => ({
          vendor,
          state,
          ...(state === 'pending' && { dueAt }),
          attempts,
          ...(reason !== undefined && { reason }),
        })),
    }))
  }

  /** By site and vendor. */
  queues(connections: readonly ConnectionKey[]): Queue[] {
    return connections.flatMap((connection) => {
      const [first, ...others] = this.pending(connection)
      const { site, vendor } = connection
      return first ? [{ site, vendor, pending: others.length + 1, oldestAt: first.event.receivedAt }] : []
    })
  }

  private pending({ site, vendor }: ConnectionName) {
    return this.kept.flatMap(({ event, deliveries }, row) => {
      const delivery = deliveries.get(vendor)
      return event.site === site && delivery?.state === 'pending' ? [{ row, event, delivery }] : []
    })
  }

  /** With these credentials: a pause belongs to them. */
  private pauseOf({ site, vendor, fingerprint }: ConnectionKey) {
    const pause = this.pauses.get(`${site} ${vendor}`)
    return pause?.fingerprint === fingerprint ? pause : undefined
  }

  private saidNo(event: HashedEvent): boolean {
    return (this.withdrawals.get(`${event.site} ${personOf(event)}`) ?? 0) >= event.receivedAt
  }

  private remove(goes: (one: Kept) => boolean): number {
    const before = this.kept.length
    this.kept = this.kept.filter((one) => !goes(one))
    return before - this.kept.length
  }
}
