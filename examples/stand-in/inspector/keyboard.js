/** Handles the keys j, k, Esc and /. Enter opens the focused link without a handler. */

const isInput = (target) => target instanceof HTMLElement && target.matches('input, select, textarea')

/** `close` is called to close the detail. */
export const setUpKeys = (list, search, close) => {
  const move = (step) => {
    const rows = [...list.querySelectorAll('.row > a')]
    const current = document.activeElement?.closest('.row')?.firstElementChild
    const at = rows.indexOf(current ?? list.querySelector('[aria-current]'))
    rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus()
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape' && isInput(event.target)) event.target.blur()
    else if (isInput(event.target)) return
    else if (event.key === 'Escape') close()
    else if (event.key === 'j') move(1)
    else if (event.key === 'k') move(-1)
    else if (event.key === '/') {
      event.preventDefault()
      search.focus()
    }
  })
}
