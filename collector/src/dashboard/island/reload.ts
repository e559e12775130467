/** A page that waits for something to arrive looks again as soon as it has. */

export function reloadOnNews(): void {
  const site = document.querySelector<HTMLElement>('[data-reload]')?.dataset.reload
  if (!site) return
  const source = new EventSource(`/admin/events/live?site=${encodeURIComponent(site)}`)
  const again = () => {
    // Not while somebody writes.
    if (!document.activeElement?.matches('input, textarea, select')) location.reload()
  }
  source.addEventListener('events', again)
  source.addEventListener('report', again)
}
