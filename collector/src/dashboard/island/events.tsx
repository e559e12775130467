/** The live list of events: new rows on top, states as they change, a pause, and how the line stands. */
import { render } from 'preact'
import type { ListedEvent } from '../../store/reports.js'
import { EventRow } from '../row.js'
import { count } from '../words.js'
import { showLocalTimes } from './times.js'

interface Frame {
  events: ListedEvent[]
  now: number
  /** In the first frame after the line was made: how many came meanwhile. */
  missed?: number
}

const shown = 500

export function followEvents(): void {
  const table = document.querySelector<HTMLTableElement>('table[data-live]')
  const state = document.querySelector<HTMLElement>('[data-live=state]')
  const pause = document.querySelector<HTMLButtonElement>('[data-live=pause]')
  const body = table?.tBodies[0]
  if (!table || !body || !state || !pause) return
  const { live: site = '', after = '' } = table.dataset
  let held: Frame[] | undefined
  let said = ''

  // A reader that is told of each row would never fall silent.
  const say = (text: string, line: 'live' | 'paused' | 'lost') => {
    if (text === said) return
    said = text
    state.textContent = text
    state.dataset.line = line
  }

  const show = ({ events, now }: Frame) => {
    for (const event of events) {
      const old = body.querySelector(`[data-event="${event.id}"]`)
      const holder = document.createElement('tbody')
      render(<EventRow event={event} now={now} />, holder)
      const row = holder.firstElementChild
      if (!row) continue
      showLocalTimes(row)
      if (old) old.replaceWith(row)
      else body.insertBefore(row, [...body.rows].find((other) => Number(other.dataset.event) < event.id) ?? null)
    }
    while (body.rows.length > shown) body.deleteRow(-1)
    const hidden = table.closest<HTMLElement>('[hidden]')
    if (hidden && body.rows.length > 0) {
      hidden.hidden = false
      document.querySelector('.empty')?.remove()
    }
  }

  const source = new EventSource(`/admin/events/live?${new URLSearchParams({ site, after })}`)
  let broken = false
  source.onopen = () => {
    if (!held) say('Live', 'live')
    pause.hidden = false
  }
  source.onerror = () => {
    broken = true
    if (source.readyState === EventSource.CLOSED) say('Not live any more: load the page again', 'lost')
    else say('Reconnecting…', 'lost')
  }
  source.addEventListener('events', (message) => {
    const frame = JSON.parse(message.data) as Frame
    if (held) {
      held.push(frame)
      say(`Paused (${new Set(held.flatMap(({ events }) => events.map(({ id }) => id))).size} new)`, 'paused')
      return
    }
    show(frame)
    const full = body.rows.length >= shown ? `Showing last ${shown} · ` : ''
    const caughtUp = broken && frame.missed ? ` (${count(frame.missed, 'event')} caught up)` : ''
    broken = false
    say(`${full}Live${caughtUp}`, 'live')
  })
  pause.addEventListener('click', () => {
    if (held) {
      for (const frame of held) show(frame)
      held = undefined
      say('Live', 'live')
    } else {
      held = []
      say('Paused (0 new)', 'paused')
    }
    pause.textContent = held ? 'Resume' : 'Pause'
  })
}
