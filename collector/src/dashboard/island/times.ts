/** Times as the owner's clock shows them; the page's own UTC text stays as the title. */

export function showLocalTimes(root: Element): void {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime)
    time.title = time.textContent ?? ''
    time.textContent = at.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
  }
}
