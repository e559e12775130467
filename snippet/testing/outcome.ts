/** What became of a first event `Lead` on a page with a platform. */
import { settle, type Visit, visit } from './visit.js'

export type Outcome = 'sent' | 'held' | 'refused'

export const trackLead = async (before: () => void, data: Record<string, string> = {}) => {
  const page = await visit({ script: 'full', data: { pageview: 'off', ...data }, before })
  page.tagferry.track('Lead')
  await settle()
  return page
}

/** Held or refused shows with a further event: only one of them says `skipped`. */
export const outcome = async (page: Visit): Promise<Outcome> => {
  if (page.names().includes('Lead')) return 'sent'
  let outcome: Outcome = 'held'
  page.tagferry.on('skipped', () => {
    outcome = 'refused'
  })
  page.tagferry.track('Search')
  await settle()
  return outcome
}
