/** Reloads a page that waits for an event or a report as soon as one arrives. */

export function reloadOnChange(): void {
  const { reload: site, after = '' } = document.querySelector<HTMLElement>('[data-reload]')?.dataset ?? {}
  if (!site) return
  const source = new EventSource(`/admin/events/live?${new URLSearchParams({ site, after })}`)
  source.addEventListener('events', ({ data }) => {
    // The first frame of a connection has `missed`; without missed events it brings nothing new.
    if (JSON.parse(data).missed !== 0) reload()
  })
  source.addEventListener('report', reload)
}

/** A reload would lose what the owner types, or a response that is pending. */
function reload(): void {
  const isTyping = document.activeElement?.matches('input, textarea, select')
  if (!isTyping && !document.querySelector('form[aria-busy]')) location.reload()
}
