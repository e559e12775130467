/** Determines what happened to the first event `Lead` on a page with a consent platform. */
import { settle, type Visit, visit } from './visit.js'

export type Outcome = 'sent' | 'held' | 'dropped'

/** Opens a page, tracks `Lead`, and waits until all requests are answered. */
export const trackLead = async (before: () => void, data: Record<string, string> = {}) => {
  const page = await visit({ script: 'full', data: { pageview: 'off', ...data }, before })
  page.tagferry.track('Lead')
  await settle()
  return page
}

/** Tracks one more event: if events are dropped, the script emits `skipped` for it; if they are held, it does not. */
export const getOutcome = async (page: Visit): Promise<Outcome> => {
  if (page.names().includes('Lead')) return 'sent'
  let outcome: Outcome = 'held'
  page.tagferry.on('skipped', () => {
    outcome = 'dropped'
  })
  page.tagferry.track('Search')
  await settle()
  return outcome
}
