// Compares the events that were acknowledged by a 202 with what the store and TikTok hold.
import { type Check, exactly, moreThan } from './check.js'

/** `missing` is a row that has neither a delivery nor a skip reason. */
export type EventState = 'delivered' | 'pending' | 'failed' | 'skipped' | 'missing'

export interface Stored {
  /** By event id, in the order of the rows. */
  states: ReadonlyMap<string, EventState>
  /** Result of the database's integrity check; `ok` if it found nothing. */
  integrity: string
}

/** Ids of the events that were acknowledged by a 202. */
export type Ledger = Set<string>

export interface LedgerAudit {
  /** Acknowledged events that are not in the store. */
  lost: string[]
  /** Events that the store calls delivered and TikTok never booked. */
  falselyDelivered: string[]
  count: Record<EventState, number>
}

/** @param booked ids of the events that TikTok has accepted */
export function auditLedger(
  ledger: ReadonlySet<string>,
  stored: Stored,
  booked: ReadonlySet<string>,
): LedgerAudit {
  const count: Record<EventState, number> = { delivered: 0, pending: 0, failed: 0, skipped: 0, missing: 0 }
  const falselyDelivered: string[] = []
  for (const [id, state] of stored.states) {
    count[state]++
    if (state === 'delivered' && !booked.has(id)) falselyDelivered.push(id)
  }
  const lost = [...ledger].filter((id) => (stored.states.get(id) ?? 'missing') === 'missing')
  return { lost, falselyDelivered, count }
}

/** The checks that must hold after every fault. @param netDuplicates events that TikTok would count twice */
export function ledgerChecks(
  ledger: Ledger,
  stored: Stored,
  booked: ReadonlySet<string>,
  netDuplicates: number,
) {
  const { lost, falselyDelivered, count } = auditLedger(ledger, stored, booked)
  const planted = auditLedger(new Set([...ledger, 'never-stored']), stored, booked)
  const checks: Check[] = [
    moreThan('acknowledged', ledger.size, 0),
    exactly('lost', lost.length, 0),
    exactly('called delivered but never sent', falselyDelivered.length, 0),
    exactly('net duplicates', netDuplicates, 0),
    exactly('database errors', stored.integrity === 'ok' ? 0 : 1, 0),
    exactly('control: a planted loss is found', planted.lost.length - lost.length, 1),
  ]
  return { checks, lost, count }
}
