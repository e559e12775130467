/** Which orders the collector has taken, so that a thank-you page seen again is not another conversion. */
import type { WireEvent } from '../../collector/src/wire.js'
import { readList, writeList } from './storage.js'

const key = 'tagferry_orders'

/** Their events' ids. */
export const takenOrders = () => readList(key)

/** A hundred are far more than one visitor orders while a browser remembers. */
export const rememberOrder = (event: WireEvent) => {
  if (event.properties?.order_id) writeList(key, [...takenOrders(), event.event_id].slice(-100))
}
