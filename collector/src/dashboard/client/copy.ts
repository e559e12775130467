/** Shows the buttons that copy code, and makes them work. */

const confirmationMs = 2_000

export function addCopyButtons(): void {
  // Browsers offer the clipboard over https and on localhost only.
  if (!navigator.clipboard) return
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    button.hidden = false
    const label = button.textContent
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(button.dataset.copy ?? '').then(() => {
        button.textContent = 'Copied'
        setTimeout(() => {
          button.textContent = label
        }, confirmationMs)
      })
    })
  }
}
