/** Builds an event from a call, and mints its id. Never knows storage or network. */
import type { WireEvent, WireProperties } from '../../collector/src/wire.js'
import type { TrackOptions } from './api.js'
import { person } from './person.js'

/** With an order id the event id is the same on every load of the thank-you page, and in the shop's webhook. */
export const createEvent = (name: string, properties?: WireProperties, options?: TrackOptions): WireEvent => {
  const event: WireEvent = {
    event: name,
    event_id: `${
      options?.event_id ||
      `${name}.${properties?.order_id || Date.now().toString(36) + Math.random().toString(36).slice(1)}`
    }`,
    event_time: Number(options?.event_time) || Math.floor(Date.now() / 1e3),
    user: { locale: navigator.language, ...person },
    page: { url: location.href, referrer: document.referrer || (undefined as never) },
    properties: properties || {},
  }
  // A copy, so that the page may go on changing its objects.
  return JSON.parse(JSON.stringify(event))
}
