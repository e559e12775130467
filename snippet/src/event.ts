/** Builds events from calls, with an id and a time, and holds them until consent is decided. */
import type { WireEvent, WireProperties } from '../../collector/src/wire.js'
import type { TrackOptions } from './api.js'
import { identity } from './identity.js'

export const pendingEvents: WireEvent[] = []

/**
 * An order id gives the same event id on every load of the thank-you page, and in the shop's webhook.
 * The event is a deep copy: the page may change its objects afterwards.
 */
export const track = (name: string, properties?: WireProperties, options?: TrackOptions) =>
  pendingEvents.push(
    JSON.parse(
      JSON.stringify({
        event: name,
        event_id: `${options?.event_id || `${name}.${properties?.order_id || `${Date.now()}${Math.random()}`}`}`,
        event_time: +(options?.event_time as number) || Math.floor(Date.now() / 1e3),
        user: { locale: navigator.language, ...identity },
        page: { url: location.href, referrer: document.referrer },
        properties: properties || {},
      } satisfies WireEvent),
    ),
  )
