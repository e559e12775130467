/** Builds an event from a call, mints its id, and keeps it until consent decides. Never knows storage or network. */
import type { WireEvent, WireProperties } from '../../collector/src/wire.js'
import type { TrackOptions } from './api.js'
import { person } from './identity.js'

export const waiting: WireEvent[] = []

/**
 * With an order id the event id is the same on every load of the thank-you page, and in the shop's webhook.
 * A copy, so that the page may go on changing its objects.
 */
export const track = (name: string, properties?: WireProperties, options?: TrackOptions) => {
  waiting.push(
    JSON.parse(
      JSON.stringify({
        event: name,
        event_id: `${options?.event_id || `${name}.${properties?.order_id || `${Date.now()}${Math.random()}`}`}`,
        event_time: +(options?.event_time as number) || Math.floor(Date.now() / 1e3),
        user: { locale: navigator.language, ...person },
        page: { url: location.href, referrer: document.referrer },
        properties: properties || {},
      } satisfies WireEvent),
    ),
  )
}
