/** Shows on a form's button that the response is pending, and prevents a second submission. */

export function showBusyForms(): void {
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
