/** Makes the id of an event that has none, and takes the ids of Shopify's API apart. */
import type { Event } from '../event.js'

/** Longest id of an event that senders may choose. */
const maxLength = 512

/** `gid://shopify/Order/1001` as `1001`, also behind the name of an event. */
export function withoutGid(id: string): string {
  return id.includes('gid://') ? id.replace(/gid:\/\/shopify\/\w+\//g, '') : id
}

/** What programs print for an order that has no number. As an id it would make all such orders one. */
const noOrder = /^(undefined|null|nan|none|n\/a|0|-1|\[object Object\])$/i

/**
 * The id of an event: its own, else `<name>.<order id>`, as the script makes it, so that page and server count once.
 * @param name after renaming
 */
export function eventIdOf({ event_id: ownId, properties }: Event, name: string, newId: () => string): string {
  if (ownId) return withoutGid(ownId) || newId()
  const orderId = properties?.order_id?.trim()
  if (!orderId || noOrder.test(orderId)) return newId()
  const id = `${name}.${withoutGid(orderId)}`
  return id.length > maxLength ? newId() : id
}
