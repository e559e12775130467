/** Reads Google's consent mode: the `gtag('consent', …)` entries of `dataLayer`, earlier and later ones. */
import { attempt } from '../logger.js'
import { type PlatformAnswer, setConsent } from './set-consent.js'

/**
 * The last state of each kind of storage: 0 granted by default, 1 denied by default, 2 granted and 3 denied by the
 * visitor. A denied default means that the visitor will be asked. It counts in every region, because the script
 * cannot tell where the visitor is.
 */
const ranks: Record<string, number> = { ad_storage: 0, ad_user_data: 0 }
const stateRanks: Record<string, number> = { granted: 0, denied: 1 }
const commandRanks: Record<string, number> = { default: 0, update: 2 }
let observedLayer: unknown[] | undefined

/** A consent entry is the Arguments object of a call: `'consent'`, `'default' | 'update'`, and the state by kind. */
const handleEntry = (entry: [string, string, Record<string, string>]) => {
  if (entry[0] !== 'consent') return
  for (const kind in ranks) {
    // An unknown state or command gives NaN, which fails the comparison.
    const rank = (stateRanks[entry[2][kind] as string] as number) + (commandRanks[entry[1]] as number)
    // A default never overrides the visitor's decision.
    if (rank >= Math.min(ranks[kind] as number, 2)) {
      ranks[kind] = rank
      setConsent(kind, ['grant', 'hold', 'grant', 'revoke'][rank] as PlatformAnswer)
    }
  }
}

/** Wraps `push`, as tag managers do before or after this script. */
export const readGoogle = () => {
  const { dataLayer } = window as { dataLayer?: unknown[] }
  if (!dataLayer || dataLayer === observedLayer) return
  observedLayer = dataLayer
  const push = dataLayer.push
  const handleEntries = (entries: unknown[]) => {
    for (const entry of entries) attempt(() => handleEntry(entry as never))
  }
  dataLayer.push = (...entries) => {
    const length = push.apply(dataLayer, entries)
    handleEntries(entries)
    return length
  }
  handleEntries(dataLayer)
}
