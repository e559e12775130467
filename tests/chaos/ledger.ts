// Knows the oracle of every proof: what was promised by a 202 is compared with what the store and TikTok hold.
import { type Check, exactly, moreThan } from './check.js'

/** What became of an event; `nothing` is a row without a delivery and without a reason for that. */
export type EventState = 'delivered' | 'pending' | 'failed' | 'skipped' | 'nothing'

export interface Stored {
  /** By event id, in the order of the rows. */
  fates: ReadonlyMap<string, EventState>
  /** What the database says of itself; `ok`. */
  integrity: string
}

/** The ids that a 202 listed. */
export type Ledger = Set<string>

export interface LedgerAudit {
  /** Promised, and not in the store. */
  lost: string[]
  /** The store says delivered, TikTok never booked it. */
  falselyDelivered: string[]
  count: Record<EventState, number>
}

export function auditLedger(
  ledger: ReadonlySet<string>,
  stored: Stored,
  booked: ReadonlySet<string>,
): LedgerAudit {
  const count: Record<EventState, number> = { delivered: 0, pending: 0, failed: 0, skipped: 0, nothing: 0 }
  const falselyDelivered: string[] = []
  for (const [id, fate] of stored.fates) {
    count[fate]++
    if (fate === 'delivered' && !booked.has(id)) falselyDelivered.push(id)
  }
  const lost = [...ledger].filter((id) => (stored.fates.get(id) ?? 'nothing') === 'nothing')
  return { lost, falselyDelivered, count }
}

/** What must hold after every fault. @param netDuplicates events that TikTok would count twice */
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
