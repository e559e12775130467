/** Page views of pages that change without loading, or come back from the back/forward cache. */
import { report } from './auto-track.js'
import { settings } from './settings.js'

/** Routers may rewrite the same address, and an anchor is no page, unless `data-pageview="hash"`. */
const address = () => location.href.split(settings.pageview === 'hash' ? ' ' : '#')[0]

export const watchPages = () => {
  if (settings.pageview === 'off') return
  let seen = address()
  const look = () => {
    if (seen === address()) return
    seen = address()
    report('Pageview')
  }
  addEventListener('pageshow', (event) => event.persisted && report('Pageview'))
  const { navigation } = window as { navigation?: EventTarget }
  if (navigation) return navigation.addEventListener('currententrychange', look)
  addEventListener('popstate', look)
  for (const method of ['pushState', 'replaceState'] as const) {
    const change = history[method]
    history[method] = (...args) => {
      change.apply(history, args)
      look()
    }
  }
}
