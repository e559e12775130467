/** Google's consent mode, as `gtag('consent', …)` writes it into `dataLayer`: before this script, and later. */
import { attempt } from '../logger.js'
import { type Said, say } from './set-consent.js'

/**
 * What was said last of a kind of storage: 0 allowed by default, 1 denied by default, 2 and 3 the visitor's own word.
 * A default that denies means that somebody is still to be asked, for us in every region: nothing here tells
 * where the visitor is.
 */
const ranks: Record<string, number> = { ad_storage: 0, ad_user_data: 0 }
const stateRanks: Record<string, number> = { granted: 0, denied: 1 }
const commandRanks: Record<string, number> = { default: 0, update: 2 }
let watched: unknown[] | undefined

/** Entries of consent are the Arguments of a call: `'consent'`, `'default' | 'update'`, what is granted or denied. */
const hear = (entry: [string, string, Record<string, string>]) => {
  if (entry[0] !== 'consent') return
  for (const kind in ranks) {
    // No number, and so not above anything, where a word is another.
    const rank = (stateRanks[entry[2][kind] as string] as number) + (commandRanks[entry[1]] as number)
    if (rank >= Math.min(ranks[kind] as number, 2)) {
      ranks[kind] = rank
      say(kind, ['grant', 'hold', 'grant', 'revoke'][rank] as Said)
    }
  }
}

/** Tag managers do the same to `push`, before us or after. */
export const readGoogle = () => {
  const { dataLayer } = window as { dataLayer?: unknown[] }
  if (!dataLayer || dataLayer === watched) return
  watched = dataLayer
  const push = dataLayer.push
  const listen = (entries: unknown[]) => {
    for (const entry of entries) attempt(() => hear(entry as never))
  }
  dataLayer.push = (...entries) => {
    const length = push.apply(dataLayer, entries)
    listen(entries)
    return length
  }
  listen(dataLayer)
}
