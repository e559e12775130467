/** How a stored event looks to TikTok. Pure; its examples are its tests and the documentation (examples.ts). */
import type { SafeEvent } from '../../event.js'
import type { TikTokEvent } from './types.js'

/** Keys of one item of `contents` that TikTok knows; anything else there is ignored or refused by it. */
const contentKeys = ['content_id', 'content_name', 'content_category', 'brand', 'price', 'quantity'] as const

/** TikTok takes every event of the house: custom names are allowed for web events. */
export function map(event: SafeEvent): TikTokEvent {
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
function mapProperties(properties: SafeEvent['properties']): Record<string, unknown> | undefined {
  if (!properties) return undefined
  const mapped: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(properties)) {
    if (isEmpty(value)) continue
    if (key === 'query') mapped.search_string ??= value
    else if (key === 'contents') mapContents(properties.contents ?? [], mapped)
    else mapped[key] = value
  }
  return Object.keys(mapped).length > 0 ? mapped : undefined
}

function mapContents(
  contents: NonNullable<NonNullable<SafeEvent['properties']>['contents']>,
  mapped: Record<string, unknown>,
) {
  const items: Record<string, unknown>[] = []
  for (const content of contents) {
    const item: Record<string, unknown> = {}
    for (const key of contentKeys) {
      if (!isEmpty(content[key])) item[key] = content[key]
    }
    if (Object.keys(item).length > 0) items.push(item)
    const type = (content as { content_type?: unknown }).content_type
    if (!isEmpty(type)) mapped.content_type ??= type
  }
  if (items.length > 0) mapped.contents = items
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
