/** Buttons that copy what stands beside them. */

export function addCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    // Over plain http there is no clipboard.
    if (!navigator.clipboard) return
    button.hidden = false
    const label = button.textContent
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(button.dataset.copy ?? '').then(() => {
        button.textContent = 'Copied'
        setTimeout(() => {
          button.textContent = label
        }, 2_000)
      })
    })
  }
}
