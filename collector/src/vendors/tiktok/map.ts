/** How a stored event looks to TikTok. Pure; its examples are its tests and the documentation (examples.ts). */
import type { HashedEvent } from '../../event.js'
import type { TikTokEvent } from './types.js'

/** Keys of one item of `contents` that TikTok knows; anything else there is ignored or refused by it. */
const contentKeys = ['content_id', 'content_name', 'content_category', 'brand', 'price', 'quantity'] as const

/** TikTok takes every event of the house: custom names are allowed for web events. */
export function map(event: HashedEvent): TikTokEvent {
  const { ip, userAgent } = event.visitor
  const properties = mapProperties(event.properties)
  return {
    event: event.event,
    event_time: event.eventTime,
    event_id: event.eventId,
    limited_data_use: event.limitedDataUse,
    user: { ...event.user, ...(ip && { ip }), ...(userAgent && { user_agent: userAgent }) },
    ...(event.page && { page: event.page }),
    ...(properties && { properties }),
  }
}

/** Without empty values; `query` is the old name of `search_string`, and `content_type` belongs outside of items. */
function mapProperties(properties: HashedEvent['properties']): Record<string, unknown> | undefined {
  const { query, contents, ...rest } = (withoutEmpty(properties) ?? {}) as Record<string, unknown>
  const mapped: Record<string, unknown> = rest
  if (query !== undefined) mapped.search_string ??= query
  if (Array.isArray(contents)) mapContents(contents, mapped)
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

/** The value without empty texts, lists and objects, at any depth; `undefined` when nothing is left. */
function withoutEmpty(value: unknown): unknown {
  if (value === '' || value === null) return undefined
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const entries = value.map(withoutEmpty).filter((entry) => entry !== undefined)
    return entries.length > 0 ? entries : undefined
  }
  const fields = Object.entries(value).flatMap(([key, entry]) => {
    const kept = withoutEmpty(entry)
    return kept === undefined ? [] : [[key, kept] as const]
  })
  return fields.length > 0 ? Object.fromEntries(fields) : undefined
}
