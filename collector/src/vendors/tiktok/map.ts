/** Maps a stored event to TikTok's format. Pure. Examples: tests/support/tiktok-examples.ts. */
import { type HashedEvent, maxEntries } from '../../event.js'
import type { TikTokEvent } from './types.js'

/** Keys of an item of `contents` that TikTok documents; it ignores or refuses others. */
const contentKeys = ['content_id', 'content_name', 'content_category', 'brand', 'price', 'quantity'] as const

/** Never `undefined`: TikTok allows custom names for web events. */
export function map(event: HashedEvent): TikTokEvent {
  const { ip, userAgent } = event.visitor
  const properties = mapProperties(event.properties, isValueOfItems(event))
  return {
    event: event.event,
    event_time: event.eventTime,
    event_id: event.eventId,
    limited_data_use: event.limitedDataUse,
    user: { ...mapUser(event.user), ...(ip && { ip }), ...(userAgent && { user_agent: userAgent }) },
    ...(event.page && { page: event.page }),
    ...(properties && { properties }),
  }
}

/** Keys of `user` that TikTok documents. An event may have ids and hashes for other vendors too. */
const userKeys: ReadonlySet<string> = new Set([
  ...['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code', 'city', 'state', 'country'],
  ...['ttclid', 'ttp', 'locale'],
])

const mapUser = (user: HashedEvent['user']): TikTokEvent['user'] =>
  Object.fromEntries(Object.entries(user).filter(([key]) => userKeys.has(key)))

/**
 * Events before the payment. Their value is that of their items; what an order has cost, with discounts and shipping,
 * only its sender knows.
 */
const eventsBeforePayment: ReadonlySet<string> = new Set([
  'ViewContent',
  'AddToCart',
  'AddToWishlist',
  'InitiateCheckout',
])

/** Whether the value of an event is that of its items. A list with as many as allowed may have been cut. */
function isValueOfItems({ event, source, properties }: HashedEvent): boolean {
  return eventsBeforePayment.has(event) && (properties?.contents?.length ?? 0) < maxEntries[source]
}

/** Leaves out empty values, renames `query` to `search_string`, and moves `content_type` out of the items. */
function mapProperties(
  properties: HashedEvent['properties'],
  hasValueOfItems: boolean,
): Record<string, unknown> | undefined {
  const { query, contents, ...rest } = (withoutEmpty(properties) ?? {}) as Record<string, unknown>
  const mapped: Record<string, unknown> = rest
  if (query !== undefined) mapped.search_string ??= query
  if (Array.isArray(contents)) mapContents(contents, mapped)
  if (hasValueOfItems && mapped.value === undefined && mapped.currency !== undefined) {
    const value = valueOfItems(mapped.contents)
    if (value !== undefined) mapped.value = value
  }
  return Object.keys(mapped).length > 0 ? mapped : undefined
}

function mapContents(contents: Record<string, unknown>[], mapped: Record<string, unknown>): void {
  const items: Record<string, unknown>[] = []
  for (const content of contents) {
    const item: Record<string, unknown> = {}
    for (const key of contentKeys) {
      if (content[key] !== undefined) item[key] = content[key]
    }
    if (Object.keys(item).length > 0) items.push(item)
    if (content.content_type !== undefined) mapped.content_type ??= content.content_type
  }
  if (items.length > 0) mapped.contents = items
}

/** The sum of price × quantity; `undefined` unless each item has a price. A missing quantity is 1. */
function valueOfItems(contents: unknown): number | undefined {
  if (!Array.isArray(contents)) return undefined
  let sum = 0
  for (const { price, quantity = 1 } of contents) {
    if (typeof price !== 'number' || typeof quantity !== 'number') return undefined
    sum += price * quantity
  }
  return Number(sum.toFixed(6))
}

/** Removes empty texts, lists and objects at any depth; `undefined` when nothing is left. */
function withoutEmpty(value: unknown): unknown {
  if (value === '' || value === null) return undefined
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const entries = value.map(withoutEmpty).filter((entry) => entry !== undefined)
    return entries.length > 0 ? entries : undefined
  }
  const fields = Object.entries(value).flatMap(([key, entry]) => {
    const remaining = withoutEmpty(entry)
    return remaining === undefined ? [] : [[key, remaining] as const]
  })
  return fields.length > 0 ? Object.fromEntries(fields) : undefined
}
