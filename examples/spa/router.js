/** Keeps the address and the view in step, by `pushState` or by the part after `#`. */

let byHash = false
let render = () => {}

const path = () => (byHash ? location.hash.slice(1) : location.pathname.replace(/^\/spa/, '')) || '/'

/** Navigates to a path: updates the address and renders its view. */
const go = (to) => {
  if (byHash) {
    location.hash = to
    return
  }
  history.pushState(null, '', `/spa${to}`)
  render(path())
}

/** Calls `show(path)` now and whenever the address changes. */
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
