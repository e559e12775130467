/** Remembers accepted orders, so that reloading a thank-you page sends no second conversion. */
import type { WireEvent } from '../../collector/src/wire.js'
import { readList, writeList } from './storage.js'

const key = 'tagferry_orders'

/** Returns the ids of events whose order the collector has accepted. */
export const readOrderEventIds = () => readList(key)

/** Keeps the last hundred, far more than one visitor orders while the browser keeps the storage. */
export const rememberOrder = (event: WireEvent) => {
  if (event.properties?.order_id) writeList(key, [...readOrderEventIds(), event.event_id].slice(-100))
}
