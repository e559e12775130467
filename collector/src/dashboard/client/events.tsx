/** The live list of events: new rows in their place, states as they change, a pause, and how the line stands. */
import { render } from 'preact'
import type { ListedEvent } from '../../store/reports.js'
import { EventRow } from '../components/event-row.js'
import { count } from '../components/labels.js'
import { showTimes } from './times.js'

interface Frame {
  events: ListedEvent[]
  now: number
  /** In the first frame after the line was made: how many came meanwhile. */
  missed?: number
  /** Between these and what is shown there are more. */
  gap?: true
}

const mostShown = 500

export function followEvents(): void {
  const table = document.querySelector<HTMLTableElement>('table[data-live]')
  const state = document.querySelector<HTMLElement>('[data-live=state]')
  const pause = document.querySelector<HTMLButtonElement>('[data-live=pause]')
  const body = table?.tBodies[0]
  if (!table || !body || !state || !pause) return
  const { live: site = '', after = '' } = table.dataset
  let held: Frame[] | undefined
  let broken = false
  let cut = false

  const show = ({ events, now, gap }: Frame) => {
    const [oldest] = events
    if (gap && oldest) {
      // Rows with a hole between them would look as if nothing had happened there.
      for (const row of [...body.rows]) if (Number(row.dataset.event) < oldest.id) row.remove()
      cut = true
    }
    for (const event of events) {
      const old = body.querySelector(`[data-event="${event.id}"]`)
      const holder = document.createElement('tbody')
      render(<EventRow event={event} now={now} />, holder)
      const row = holder.firstElementChild
      if (!row) continue
      showTimes(row)
      if (old) old.replaceWith(row)
      else
        body.insertBefore(row, [...body.rows].find((other) => Number(other.dataset.event) < event.id) ?? null)
    }
    while (body.rows.length > mostShown) body.deleteRow(-1)
    const hidden = table.closest<HTMLElement>('[hidden]')
    if (hidden && body.rows.length > 0) {
      hidden.hidden = false
      document.querySelector('.empty')?.remove()
    }
  }

  const source = new EventSource(`/admin/events/live?${new URLSearchParams({ site, after })}`)

  /** @param more what has just happened */
  const tell = (more = '') => {
    const full =
      body.rows.length >= mostShown ? `Showing last ${mostShown} · ` : cut ? 'Showing the newest · ' : ''
    const [line, text] =
      source.readyState === EventSource.CLOSED
        ? ['lost', 'Not live any more: load the page again']
        : source.readyState === EventSource.CONNECTING
          ? ['lost', 'Reconnecting…']
          : held
            ? ['paused', `Paused (${unseen(held, body)} new)`]
            : ['live', `${full}Live${more}`]
    // A reader that is told of each row would never fall silent.
    if (state.textContent === text) return
    state.textContent = text
    state.dataset.line = line
  }

  source.onerror = () => {
    broken = true
    tell()
  }
  source.addEventListener('events', (message) => {
    const frame = JSON.parse(message.data) as Frame
    if (held) held.push(frame)
    else show(frame)
    tell(broken && frame.missed ? ` (${count(frame.missed, 'event')} caught up)` : '')
    broken = false
    pause.hidden = false
  })
  pause.addEventListener('click', () => {
    if (held) for (const frame of held) show(frame)
    held = held ? undefined : []
    pause.textContent = held ? 'Resume' : 'Pause'
    tell()
  })
}

/** How many events wait that the table does not show yet. */
function unseen(frames: readonly Frame[], body: HTMLTableSectionElement): number {
  const shown = new Set([...body.rows].map((row) => Number(row.dataset.event)))
  const ids = frames.flatMap(({ events }) => events.map(({ id }) => id))
  return new Set(ids.filter((id) => !shown.has(id))).size
}
