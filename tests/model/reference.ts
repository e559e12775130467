// A reference implementation of the store, as simple as possible: a list that is searched from its beginning.
import type { HashedEvent } from '../../collector/src/event.js'
import { ambiguousRetryWindowMs, probeMs } from '../../collector/src/relay/policy.js'
import type {
  Attempt,
  ConnectionKey,
  ConnectionName,
  Queue,
  Replayed,
  Settlement,
} from '../../collector/src/store/store.js'

interface ModelDelivery {
  state: Settlement['state']
  dueAt: number
  attempts: number
  reason: string | undefined
  ambiguousAt: number | undefined
  /** Number of the lease that may settle it. */
  lease: number | undefined
}

interface ModelEvent {
  event: HashedEvent
  skipped: boolean
  /** By vendor. */
  deliveries: Map<string, ModelDelivery>
}

const isSame = (a: HashedEvent, b: HashedEvent) =>
  a.site === b.site && a.event === b.event && a.eventId === b.eventId
const isPending = ({ deliveries }: ModelEvent) =>
  [...deliveries.values()].some(({ state }) => state === 'pending')

/** In these runs a person is an e-mail address. */
const personOf = (event: HashedEvent) => String(event.user.email)

export class Reference {
  /** In the order of the rows. */
  events: ModelEvent[] = []
  pauses = new Map<string, { fingerprint: string; probeAt: number }>()
  /** The last withdrawal of a person, by site and person. */
  withdrawals = new Map<string, number>()

  constructor(public now: number) {}

  append(event: HashedEvent, vendors: readonly string[]): 'stored' | 'duplicate' {
    const skipped = vendors.length === 0
    const earlier = this.events.find((stored) => isSame(stored.event, event))
    if (earlier && (skipped || !earlier.skipped)) return 'duplicate'
    const stored: ModelEvent = earlier ?? { event, skipped, deliveries: new Map() }
    if (!earlier) this.events.push(stored)
    Object.assign(stored, { event, skipped })
    const delivery = {
      state: 'pending',
      dueAt: event.receivedAt,
      attempts: 0,
      reason: undefined,
      ambiguousAt: undefined,
      lease: undefined,
    } as const
    for (const vendor of vendors) stored.deliveries.set(vendor, { ...delivery })
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
    due.sort((a, b) => a.delivery.dueAt - b.delivery.dueAt)
    const claimed = due.slice(0, pause ? 1 : limit).sort((a, b) => a.row - b.row)
    for (const { delivery } of claimed) Object.assign(delivery, { dueAt: this.now + leaseMs, lease })
    const withdrawn = claimed.filter(({ event }) => this.isWithdrawn(event))
    for (const { delivery } of withdrawn)
      Object.assign(delivery, { state: 'skipped', reason: 'consent', lease: undefined })
    const deliveries = claimed
      .filter((one) => !withdrawn.includes(one))
      .map(({ event, delivery: { attempts, ambiguousAt } }) => ({ event, attempts, ambiguousAt }))
    return { probe, deliveries }
  }

  /** Returns how many of the events the lease still held. */
  settle(
    lease: number,
    vendor: string,
    settlements: readonly (Omit<Settlement, 'id'> & { event: HashedEvent })[],
    attempt?: Attempt,
  ): number {
    const held = settlements.flatMap(({ event, ...settlement }) => {
      const delivery = this.events.find((stored) => isSame(stored.event, event))?.deliveries.get(vendor)
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

  replay(isSelected: (event: HashedEvent) => boolean): Replayed {
    const failed = this.events
      .filter(({ event }) => isSelected(event))
      .flatMap(({ deliveries }) => [...deliveries.values()].filter(({ state }) => state === 'failed'))
    const tooOld = failed.filter(
      ({ ambiguousAt }) => ambiguousAt !== undefined && this.now - ambiguousAt > ambiguousRetryWindowMs,
    )
    for (const delivery of tooOld) delivery.ambiguousAt = undefined
    const pending = { state: 'pending', dueAt: this.now, lease: undefined, reason: 'replay' }
    for (const delivery of failed) Object.assign(delivery, pending)
    return { count: failed.length, mayCountTwice: tooOld.length }
  }

  erase(person: string): number {
    return this.remove(({ event, skipped }) => !skipped && personOf(event) === person)
  }

  /** A page at a time, until a page holds nothing old. */
  purge(before: number, limit: number): number {
    const removed = new Set<ModelEvent>()
    for (let from = 0; ; from += limit) {
      const page = this.events.slice(from, from + limit)
      const old = page.filter(({ event }) => event.receivedAt < before)
      for (const stored of old) if (!isPending(stored)) removed.add(stored)
      if (old.length === 0 || page.length < limit) break
    }
    return this.remove((stored) => removed.has(stored))
  }

  /** Everything visible from outside, newest first. */
  list() {
    return this.events.toReversed().map(({ event, skipped, deliveries }) => ({
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

  /** Deliveries that are skipped because of a withdrawal. */
  withdrawnDeliveries(): number {
    const deliveries = this.events.flatMap((stored) => [...stored.deliveries.values()])
    return deliveries.filter(({ reason }) => reason === 'consent').length
  }

  hasOpenLease(): boolean {
    const deliveries = this.events.flatMap((stored) => [...stored.deliveries.values()])
    return deliveries.some(({ lease }) => lease !== undefined)
  }

  skippedEvents(): number {
    return this.events.filter(({ skipped }) => skipped).length
  }

  private pending({ site, vendor }: ConnectionName) {
    return this.events.flatMap(({ event, deliveries }, row) => {
      const delivery = deliveries.get(vendor)
      return event.site === site && delivery?.state === 'pending' ? [{ row, event, delivery }] : []
    })
  }

  /** With these credentials: a pause belongs to them. */
  private pauseOf({ site, vendor, fingerprint }: ConnectionKey) {
    const pause = this.pauses.get(`${site} ${vendor}`)
    return pause?.fingerprint === fingerprint ? pause : undefined
  }

  private isWithdrawn(event: HashedEvent): boolean {
    return (this.withdrawals.get(`${event.site} ${personOf(event)}`) ?? 0) >= event.receivedAt
  }

  private remove(isRemoved: (stored: ModelEvent) => boolean): number {
    const before = this.events.length
    this.events = this.events.filter((stored) => !isRemoved(stored))
    return before - this.events.length
  }
}
