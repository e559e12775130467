/** A page that waits for something to arrive looks again as soon as it has. */

export function reloadOnNews(): void {
  const { reload: site, after = '' } = document.querySelector<HTMLElement>('[data-reload]')?.dataset ?? {}
  if (!site) return
  const source = new EventSource(`/admin/events/live?${new URLSearchParams({ site, after })}`)
  const again = () => {
    // Not while somebody writes, nor while an answer is on its way.
    const isWriting = document.activeElement?.matches('input, textarea, select')
    if (!isWriting && !document.querySelector('form[aria-busy]')) location.reload()
  }
  source.addEventListener('events', ({ data }) => {
    if (JSON.parse(data).missed !== 0) again()
  })
  source.addEventListener('report', again)
}
