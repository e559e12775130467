/** A form whose answer takes seconds says so on its button, and is sent once. */

export function tellBusy(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-busy]')) {
    form.addEventListener('submit', () => {
      const button = form.querySelector<HTMLButtonElement>('button[type=submit]')
      if (!button) return
      form.setAttribute('aria-busy', 'true')
      button.textContent = form.dataset.busy ?? ''
      button.disabled = true
    })
  }
}
