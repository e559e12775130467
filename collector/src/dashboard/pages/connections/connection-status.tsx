/** Derives the status of a connection from its credentials, its queue and its last attempt. */
import type { ConnectionConfig, SiteConfig } from '../../../sites/registry.js'
import type { Reports } from '../../../store/reports.js'
import type { Store } from '../../../store/store.js'
import type { VendorKind } from '../../../vendors/vendor.js'
import { Badge, type Tone } from '../../components/badge.js'

export interface ConnectionStatus {
  label: 'Not connected' | 'Connected' | 'Needs Reconnection' | 'Error'
  tone: Tone
  /** What happened and what to do. */
  message?: string
  /** The vendor has refused these credentials. */
  paused: boolean
}

export const ConnectionBadge = ({ status: { label, tone } }: { status: ConnectionStatus }) => (
  <Badge tone={tone}>{label}</Badge>
)

export type StatusStore = Pick<Reports, 'pauses' | 'lastAttempt'> & Pick<Store, 'queues'>

/** Outcomes after which a delivery is tried again. */
const temporaryFailures = ['not_sent', 'ambiguous', 'throttled']

export async function connectionStatus(
  store: StatusStore,
  { domain }: Pick<SiteConfig, 'domain'>,
  kind: VendorKind,
  connection: ConnectionConfig | undefined,
): Promise<ConnectionStatus> {
  const vendor = kind.name
  const [pauses, queues, lastAttempt] = await Promise.all([
    store.pauses(),
    store.queues(),
    store.lastAttempt({ site: domain, vendor }),
  ])
  const pending = queues.find((queue) => queue.site === domain && queue.vendor === vendor)?.pending ?? 0
  const waiting = pending > 0 ? `${pending} ${pending === 1 ? 'event is' : 'events are'} waiting` : ''
  if (!connection?.complete)
    return {
      label: 'Not connected',
      tone: 'off',
      paused: false,
      ...(waiting && { message: `${waiting}.` }),
    }
  const pause = pauses.find(
    ({ site, vendor: name, fingerprint }) =>
      site === domain && name === vendor && fingerprint === connection.fingerprint,
  )
  if (pause) {
    const message = `${kind.label} refused this Access Token: '${pause.reason}'. Generate a new one in Events Manager, paste it here, Save.${waiting && ` ${waiting} and will be sent then.`}`
    return { label: 'Needs Reconnection', tone: 'bad', paused: true, message }
  }
  if (lastAttempt && pending > 0 && temporaryFailures.includes(lastAttempt.outcome)) {
    const message = `The last attempt ended with: ${lastAttempt.message ?? lastAttempt.outcome}. ${waiting}. It is retried automatically.`
    return { label: 'Error', tone: 'bad', paused: false, message }
  }
  return { label: 'Connected', tone: 'good', paused: false }
}
