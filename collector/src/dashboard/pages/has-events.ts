/** Finds out whether a domain has an event that matches a query. */
import type { EventQuery, Reports } from '../../store/reports.js'

export async function hasEvents(
  store: Pick<Reports, 'events'>,
  query: Omit<EventQuery, 'limit'>,
): Promise<boolean> {
  const { events } = await store.events({ ...query, limit: 1 })
  return events.length > 0
}
