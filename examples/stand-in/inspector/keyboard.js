/** Knows the page's keys: j, k, Esc and /; Enter is the link's own. */

const typing = (target) => target instanceof HTMLElement && target.matches('input, select, textarea')

/** `close` closes the detail. */
export const listenToKeys = (list, search, close) => {
  const move = (step) => {
    const rows = [...list.querySelectorAll('.row > a')]
    const current = document.activeElement?.closest('.row')?.firstElementChild
    const at = rows.indexOf(current ?? list.querySelector('[aria-current]'))
    rows[Math.max(0, Math.min(rows.length - 1, at + step))]?.focus()
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape' && typing(event.target)) event.target.blur()
    else if (typing(event.target)) return
    else if (event.key === 'Escape') close()
    else if (event.key === 'j') move(1)
    else if (event.key === 'k') move(-1)
    else if (event.key === '/') {
      event.preventDefault()
      search.focus()
    }
  })
}
