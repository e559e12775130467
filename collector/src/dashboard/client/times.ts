/** Shows times in local time or in UTC; a button switches, and the browser remembers the choice. */

const storageKey = 'tagferry-times'
const thisYear = new Date().getFullYear()

/**
 * Leaves the year out in the current one.
 * @param isHour leaves the seconds out: the instant is a whole hour
 */
function format(date: Date, isHour: boolean, timeZone?: string): string {
  return date.toLocaleString(undefined, {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    ...(date.getFullYear() !== thisYear && { year: 'numeric' }),
    ...(!isHour && { second: '2-digit' }),
    ...(timeZone && { timeZone }),
  })
}

function isUtc(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'utc'
  } catch {
    return false
  }
}

/** Formats every `<time>` within an element; its tooltip has the other form. */
export function showTimes(root: Element): void {
  for (const time of root.querySelectorAll('time')) {
    const date = new Date(time.dateTime)
    const isHour = time.dataset.hour !== undefined
    const local = format(date, isHour)
    const utc = `${format(date, isHour, 'UTC')} UTC`
    time.textContent = isUtc() ? utc : local
    time.title = isUtc() ? local : utc
  }
}

export function addTimesButton(): void {
  const button = document.querySelector<HTMLButtonElement>('button[data-times]')
  if (!button) return
  const update = () => {
    button.textContent = isUtc() ? 'Show times in local time' : 'Show times in UTC'
    showTimes(document.body)
  }
  button.hidden = false
  button.addEventListener('click', () => {
    try {
      localStorage.setItem(storageKey, isUtc() ? 'local' : 'utc')
    } catch {
      // Without storage the page stays in local time.
    }
    update()
  })
  update()
}
