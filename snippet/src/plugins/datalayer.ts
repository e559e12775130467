/** GA4's events in `dataLayer`, and what they are called at TikTok. */
import type { WireContent } from '../../../collector/src/wire.js'
import { contentNames, eventNames, lookUp, propertyNames } from './event-map.js'
import type { Part } from './plugin.js'

type Fields = Record<string, unknown>

const rename = (fields: Fields, names: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const renamed = lookUp(names, name)
      return renamed ? [[renamed, value]] : []
    }),
  )

/** `dataLayer.push({ event, ecommerce })` as for Tag Manager, or the Arguments of `gtag('event', name, fields)`. */
const read = (entry: Fields): [name: string, fields: Fields] | undefined => {
  const name = lookUp(eventNames, entry[0] === 'event' ? entry[1] : entry.event)
  return name ? [name, (entry.ecommerce ?? entry[2] ?? entry) as Fields] : undefined
}

export const start: Part['start'] = (tagferry) => {
  const hear = (entry: unknown) => {
    try {
      const [name, fields] = read(entry as Fields) ?? []
      if (!name || !fields) return
      const contents = (fields.items as Fields[] | undefined)?.map(
        (item): WireContent => rename(item, contentNames),
      )
      tagferry.track(name, {
        ...rename(fields, propertyNames),
        ...(contents?.length && { content_type: 'product', contents }),
      })
    } catch {}
  }
  // As Google's own snippet does: whoever comes first creates it.
  const page = window as { dataLayer?: unknown[] }
  page.dataLayer ??= []
  const layer = page.dataLayer
  const { push } = layer
  layer.push = (...entries) => {
    const length = push.apply(layer, entries)
    entries.forEach(hear)
    return length
  }
  layer.forEach(hear)
}
