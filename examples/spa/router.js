/** Knows how the address and the view follow each other: by `pushState`, or by the part behind `#`. */

let byHash = false
let render = () => {}

const path = () => (byHash ? location.hash.slice(1) : location.pathname.replace(/^\/spa/, '')) || '/'

/** Shows the page of a path, and makes it the address. */
const go = (to) => {
  if (byHash) {
    location.hash = to
    return
  }
  history.pushState(null, '', `/spa${to}`)
  render(path())
}

/** Calls `show(path)` now, and each time the address changes. */
export const startRouter = (hash, show) => {
  byHash = hash
  render = show
  addEventListener(byHash ? 'hashchange' : 'popstate', () => render(path()))
  addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-link]')
    if (!link || byHash) return
    event.preventDefault()
    go(link.pathname.replace(/^\/spa/, ''))
  })
  render(path())
}
