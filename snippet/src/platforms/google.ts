/** Google's consent mode, as `gtag('consent', …)` writes it into `dataLayer`: before this script, and later. */
import { attempt } from '../journal.js'
import { say } from './say.js'

/**
 * How much was said of a kind of storage: 1 allowed by default, 2 denied by default, 3 the visitor's own word.
 * A default that denies means that somebody is still to be asked, for us in every region: nothing here tells
 * where the visitor is.
 */
const weights: Record<string, number> = {}
let watched: unknown[] | undefined

/** Entries of consent are the Arguments of a call: `'consent'`, `'default' | 'update'`, what is granted or denied. */
const hear = (entry: Record<number, unknown>) => {
  if (entry[0] !== 'consent') return
  for (const kind of ['ad_storage', 'ad_user_data']) {
    const state = (entry[2] as Record<string, unknown>)[kind]
    const isDenied = state === 'denied'
    const weight = { update: 3, default: isDenied ? 2 : 1 }[entry[1] as string] ?? -1
    if ((!isDenied && state !== 'granted') || weight < (weights[kind] ?? 0)) continue
    weights[kind] = weight
    say(kind, ['grant', 'hold', 'revoke'][isDenied ? weight - 1 : 0] as 'grant')
  }
}

/** Tag managers do the same to `push`, before us or after. */
export const readGoogle = () => {
  const { dataLayer } = window as { dataLayer?: unknown[] }
  if (!dataLayer || dataLayer === watched) return
  watched = dataLayer
  const push = dataLayer.push
  const listen = (entries: unknown[]) => {
    for (const entry of entries) attempt(() => hear(entry as unknown[]))
  }
  dataLayer.push = (...entries) => {
    const length = push.apply(dataLayer, entries)
    listen(entries)
    return length
  }
  listen(dataLayer)
}
