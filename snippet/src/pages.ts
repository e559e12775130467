/** Tracks page views of pages that change without loading or return from the back/forward cache. */
import { autoTrack } from './auto-track.js'
import { settings } from './settings.js'

/** The fragment counts only with `data-pageview="hash"`: otherwise an anchor would be a new page. */
const getAddress = () => location.href.split(settings.pageview === 'hash' ? ' ' : '#')[0]

export const trackPages = () => {
  if (settings.pageview === 'off') return
  let lastAddress = getAddress()
  // Routers may replace an address with the same one.
  const handleChange = () => {
    if (lastAddress === getAddress()) return
    lastAddress = getAddress()
    autoTrack('Pageview')
  }
  addEventListener('pageshow', (event) => event.persisted && autoTrack('Pageview'))
  const { navigation } = window as { navigation?: EventTarget }
  if (navigation) return navigation.addEventListener('currententrychange', handleChange)
  addEventListener('popstate', handleChange)
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = (...args) => {
      original.apply(history, args)
      handleChange()
    }
  }
}
