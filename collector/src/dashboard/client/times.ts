/** Times as the owner's clock shows them, or in UTC: the owner chooses, and the browser keeps the choice. */

const key = 'tagferry-times'
const thisYear = new Date().getFullYear()

/** The year only where it is another one, seconds unless the hour is all there is. */
function format(at: Date, hour: boolean, timeZone?: string): string {
  return at.toLocaleString(undefined, {
    ...{ month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
    ...(at.getFullYear() !== thisYear && { year: 'numeric' }),
    ...(!hour && { second: '2-digit' }),
    ...(timeZone && { timeZone }),
  } as const)
}

const isUtc = () => {
  try {
    return localStorage.getItem(key) === 'utc'
  } catch {
    return false
  }
}

export function showTimes(root: Element): void {
  for (const time of root.querySelectorAll('time')) {
    const at = new Date(time.dateTime)
    const hour = time.dataset.hour !== undefined
    const texts = [format(at, hour), `${format(at, hour, 'UTC')} UTC`] as const
    time.textContent = texts[isUtc() ? 1 : 0]
    time.title = texts[isUtc() ? 0 : 1]
  }
}

/** A button that goes from one to the other. */
export function addTimesButton(): void {
  const button = document.querySelector<HTMLButtonElement>('button[data-times]')
  if (!button) return
  const show = () => {
    button.textContent = isUtc() ? 'Show times in local time' : 'Show times in UTC'
    showTimes(document.body)
  }
  button.hidden = false
  button.addEventListener('click', () => {
    try {
      localStorage.setItem(key, isUtc() ? 'local' : 'utc')
    } catch {
      // A browser that keeps nothing shows local times.
    }
    show()
  })
  show()
}
