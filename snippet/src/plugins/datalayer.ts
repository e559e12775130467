/** Tracks GA4's events from `dataLayer` under TikTok's names. */
import type { WireContent } from '../../../collector/src/wire.js'
import { contentNames, eventNames, lookUp, propertyNames } from './event-map.js'
import type { Plugin } from './plugin.js'

type Fields = Record<string, unknown>

/** Renames known fields and drops all others. */
const rename = (fields: Fields, names: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const newName = lookUp(names, name)
      return newName ? [[newName, value]] : []
    }),
  )

/** Accepts `dataLayer.push({ event, ecommerce })` of Tag Manager and the Arguments of `gtag('event', name, fields)`. */
const readEvent = (entry: Fields): [name: string, fields: Fields] | undefined => {
  const name = lookUp(eventNames, entry[0] === 'event' ? entry[1] : entry.event)
  return name ? [name, (entry.ecommerce ?? entry[2] ?? entry) as Fields] : undefined
}

export const start: Plugin['start'] = (tagferry) => {
  const handleEntry = (entry: unknown) => {
    try {
      const [name, fields] = readEvent(entry as Fields) ?? []
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
  // Google's own snippet creates the array in the same way if it runs first.
  const page = window as { dataLayer?: unknown[] }
  page.dataLayer ??= []
  const layer = page.dataLayer
  const { push } = layer
  layer.push = (...entries) => {
    const length = push.apply(layer, entries)
    entries.forEach(handleEntry)
    return length
  }
  layer.forEach(handleEntry)
}
