/** How a connection stands: not connected, connected, refused by the vendor, in trouble. In words for the owner. */
import type { ConnectionConfig, SiteConfig } from '../../../sites/registry.js'
import { Badge, type Tone } from '../../components/elements.js'
import type { DashboardServices } from '../../page.js'

export interface ConnectionStatus {
  word: 'Not connected' | 'Connected' | 'Needs Reconnection' | 'Error'
  tone: Tone
  /** What happened and what to do. */
  words?: string
  /** The vendor has refused these credentials. */
  paused: boolean
  waiting: number
}

export async function connectionStatus(
  { store, kinds }: DashboardServices,
  { domain }: Pick<SiteConfig, 'domain'>,
  connection: ConnectionConfig | undefined,
  vendor: string,
): Promise<ConnectionStatus> {
  const label = kinds.find(({ name }) => name === vendor)?.label ?? vendor
  const [pauses, queues, last] = await Promise.all([
    store.pauses(),
    store.queues(),
    store.lastAttempt({ site: domain, vendor }),
  ])
  const waiting = queues.find((queue) => queue.site === domain && queue.vendor === vendor)?.pending ?? 0
  const wait = waiting > 0 ? ` ${waiting} ${waiting === 1 ? 'event is' : 'events are'} waiting.` : ''
  if (!connection?.complete)
    return { word: 'Not connected', tone: 'off', paused: false, waiting, ...(wait && { words: wait.trim() }) }
  const pause = pauses.find(
    (one) => one.site === domain && one.vendor === vendor && one.fingerprint === connection.fingerprint,
  )
  if (pause) {
    const words = `${label} refused this Access Token: '${pause.reason}'. Generate a new one in Events Manager, paste it here, Save.${wait && `${wait.slice(0, -1)} and will be sent then.`}`
    return { word: 'Needs Reconnection', tone: 'bad', paused: true, waiting, words }
  }
  const trouble = last && waiting > 0 && ['not_sent', 'ambiguous', 'throttled'].includes(last.outcome)
  if (trouble) {
    const words = `The last attempt ended with: ${last.message ?? last.outcome}.${wait} It is tried again by itself.`
    return { word: 'Error', tone: 'bad', paused: false, waiting, words }
  }
  return { word: 'Connected', tone: 'good', paused: false, waiting }
}

export const ConnectionBadge = ({ standing: { word, tone } }: { standing: ConnectionStatus }) => (
  <Badge tone={tone}>{word}</Badge>
)
