/** Makes the id of an event that has none, and takes the ids of Shopify's API apart. */
import type { Event } from '../event.js'
import { isNobody, isPlaceholder } from './placeholder.js'
import type { Warn } from './warning.js'

/** Longest id of an event that senders may choose. */
const maxLength = 512

/** `gid://shopify/Order/1001` as `1001`, also behind the name of an event. */
export function withoutGid(id: string): string {
  return id.includes('gid://') ? id.replace(/gid:\/\/shopify\/\w+\//g, '') : id
}

/**
 * The id of an event: its own, else `<name>.<order id>`, as the script makes it, so that page and server count once.
 * @param name after renaming
 */
export function eventIdOf(
  { event_id: sentId, properties }: Event,
  name: string,
  newId: () => string,
  warn: Warn,
): string {
  const ownId = sentId && withoutGid(sentId)
  if (ownId && !isPlaceholder(ownId)) return ownId
  if (ownId) warn('placeholder', 'event_id', 'left out: a placeholder for a missing id')
  const orderId = properties?.order_id?.trim()
  if (!orderId || isNobody(orderId)) return newId()
  const id = `${name}.${withoutGid(orderId)}`
  return id.length > maxLength ? newId() : id
}
