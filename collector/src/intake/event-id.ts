/** Makes the id of an event that has none, and takes the ids of Shopify's API apart. */
import { type Event, standardEvents } from '../event.js'
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
  { event: sentName, event_id: sentId, properties }: Event,
  name: string,
  newId: () => string,
  warn: Warn,
): string {
  const ownId = sentId && withoutGid(sentId)
  if (ownId && !isUnusable(ownId, sentName, name)) return ownId
  if (ownId) warn('placeholder', 'event_id', 'left out: a placeholder for a missing id')
  const orderId = properties?.order_id?.trim()
  if (!orderId) return newId()
  if (isNoOrder(orderId)) {
    // Other placeholders are left out of the properties, with a warning of their own.
    if (!isPlaceholder(orderId))
      warn('placeholder', 'properties.order_id', 'no id of one order: the event has a new id')
    return newId()
  }
  const id = `${name}.${withoutGid(orderId)}`
  return id.length > maxLength ? newId() : id
}

/** What shops print before an order has its id. */
const noOrders: ReadonlySet<string> = new Set(['guest', 'new', 'draft', 'pending'])

const isNoOrder = (id: string) => isNobody(id) || (id.length <= 7 && noOrders.has(id.toLowerCase()))

/** Names before an id that tell nothing. The names of events count as well. */
const prefixes: ReadonlySet<string> = new Set([
  ...['cart', 'checkout', 'event', 'id', 'order', 'transaction'],
  ...[...standardEvents, 'CompletePayment', 'SubmitForm', 'PlaceAnOrder'].map((name) => name.toLowerCase()),
])

/** The last characters of ids that may be unusable. Other ids, which are most, need no further check. */
const mayEnd = '._:#-01gGtTwW'
const separator = /[._:#-]/

/** Whether many events would have the same id: a placeholder, alone or behind a name. */
function isUnusable(id: string, ...names: readonly string[]): boolean {
  if (isPlaceholder(id)) return true
  if (!mayEnd.includes(id.charAt(id.length - 1))) return false
  return isNoOrder(id) || names.some((name) => isNoOrderBehind(name, id)) || isNoOrderBehindPrefix(id)
}

function isNoOrderBehind(name: string, id: string): boolean {
  const isPrefix =
    separator.test(id.charAt(name.length)) && id.slice(0, name.length).toLowerCase() === name.toLowerCase()
  return isPrefix && isNoOrder(id.slice(name.length + 1))
}

function isNoOrderBehindPrefix(id: string): boolean {
  const end = id.search(separator)
  return end > 0 && prefixes.has(id.slice(0, end).toLowerCase()) && isNoOrder(id.slice(end + 1))
}
