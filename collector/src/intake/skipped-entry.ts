/** Makes the store's entry of an event that is not sent. It has no personal data. */
import { type ClickIdTable, clickIds } from '../click-ids.js'
import type { Event, RequestContext, Site } from '../event.js'
import type { Entry } from '../store/store.js'
import { subjectKeys } from '../store/subject-keys.js'
import { firstValid } from './click-id.js'
import { landingIds, type SiteClaim, type Skipped } from './enrich.js'
import { hashUser, ignoreWarnings } from './hashed-event.js'
import { redactId } from './redact-properties.js'

/** Events of a known site are stored, so that the owner sees them. Events that anybody can send are only counted. */
export function skippedEntry(
  sent: Event,
  skipped: Skipped,
  claim: SiteClaim,
  context: RequestContext,
  table: ClickIdTable = clickIds,
): Entry {
  const { reason, site, eventId, eventTime } = skipped
  const { source, receivedAt } = context
  if (!site || reason === 'origin_not_allowed') {
    const [event, claimed] = [nameOnly(skipped.event), nameOnly(claim.site)]
    return { kind: 'rejected', reason, event, site: claimed, at: receivedAt }
  }
  const event = {
    site: site.domain,
    source,
    event: skipped.event,
    eventId: redactId(eventId, ignoreWarnings),
    eventTime,
    receivedAt,
    reason,
  }
  // Only a denial withdraws consent. A missing decision does not.
  const isWithdrawal = reason === 'consent' && sent.privacy?.consent === 'denied'
  if (!isWithdrawal) return { kind: 'skipped', event }
  return { kind: 'skipped', event, withdrawn: subjectKeysOf(sent, context, site, table) }
}

/** The text where it looks like a name; anybody may send anything here. */
const nameOnly = (text: string) => (/^[A-Za-z0-9 ._-]{1,100}$/.test(text) ? text : '')

/** The store uses these keys to find events that wait, and must not be sent any more. */
function subjectKeysOf(
  { user = {}, page }: Event,
  { cookies }: RequestContext,
  { country, phoneForms }: Site,
  table: ClickIdTable,
): string[] {
  const ids = firstValid(table, landingIds(page?.url, table), user, cookies.clickIds)
  return subjectKeys(hashUser(user, ignoreWarnings, { country, phoneForms, clickIds: ids }))
}
