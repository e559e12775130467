/** Keeps the list of events live: inserts new rows, updates states, pauses, and shows the connection's status. */
import { render } from 'preact'
import type { ListedEvent } from '../../store/reports.js'
import { EventRow } from '../components/event-row.js'
import { count } from '../components/format.js'
import { showTimes } from './times.js'

interface Frame {
  /** Oldest first. */
  events: ListedEvent[]
  /** The collector's clock, Unix milliseconds. */
  now: number
  /** In the first frame of a connection: number of new events. */
  missed?: number
  /** Events are missing between these and the rows of the table. */
  gap?: true
}

interface LiveList {
  site: string
  /** Row id of the newest event in the page. */
  after: string
  table: HTMLTableElement
  rows: HTMLTableSectionElement
  status: HTMLElement
  pauseButton: HTMLButtonElement
}

const maxRows = 500

export function followEvents(): void {
  const list = findList()
  if (!list) return
  const { site, after, pauseButton } = list
  const source = new EventSource(`/admin/events/live?${new URLSearchParams({ site, after })}`)
  /** Frames that arrived since the pause. */
  let pausedFrames: Frame[] | undefined
  let hasLostConnection = false
  let hasGap = false

  const show = (frame: Frame) => {
    hasGap ||= frame.gap === true
    showFrame(list, frame)
  }
  const updateStatus = (caughtUp = 0) => {
    const isFull = list.rows.rows.length >= maxRows
    const scope = isFull ? `Showing last ${maxRows} · ` : hasGap ? 'Showing the newest · ' : ''
    const suffix = caughtUp > 0 ? ` (${count(caughtUp, 'event')} caught up)` : ''
    const live: Status = { state: 'live', text: `${scope}Live${suffix}` }
    const paused = pausedFrames && pausedStatus(countUnseen(pausedFrames, list.rows))
    showStatus(list.status, connectionProblem(source) ?? paused ?? live)
  }

  source.onerror = () => {
    hasLostConnection = true
    updateStatus()
  }
  source.addEventListener('events', (message) => {
    const frame = JSON.parse(message.data) as Frame
    if (pausedFrames) pausedFrames.push(frame)
    else show(frame)
    updateStatus(hasLostConnection ? frame.missed : 0)
    hasLostConnection = false
    pauseButton.hidden = false
  })
  pauseButton.addEventListener('click', () => {
    for (const frame of pausedFrames ?? []) show(frame)
    pausedFrames = pausedFrames ? undefined : []
    pauseButton.textContent = pausedFrames ? 'Resume' : 'Pause'
    updateStatus()
  })
}

/** Returns undefined on pages without a live list. */
function findList(): LiveList | undefined {
  const table = document.querySelector<HTMLTableElement>('table[data-live]')
  const status = document.querySelector<HTMLElement>('[data-live=status]')
  const pauseButton = document.querySelector<HTMLButtonElement>('[data-live=pause]')
  const rows = table?.tBodies[0]
  if (!table || !rows || !status || !pauseButton) return undefined
  const { live: site = '', after = '' } = table.dataset
  return { site, after, table, rows, status, pauseButton }
}

function showFrame({ table, rows }: LiveList, { events, now, gap }: Frame): void {
  const [oldest] = events
  // Rows on both sides of a gap would look as if nothing had happened between them.
  if (gap && oldest) for (const row of [...rows.rows]) if (idOf(row) < oldest.id) row.remove()
  for (const event of events) showEvent(rows, event, now)
  while (rows.rows.length > maxRows) rows.deleteRow(-1)
  const hiddenArea = table.closest<HTMLElement>('[hidden]')
  if (hiddenArea && rows.rows.length > 0) {
    hiddenArea.hidden = false
    document.querySelector('.empty')?.remove()
  }
}

const idOf = (row: HTMLTableRowElement) => Number(row.dataset.event)

/** Replaces the event's row, or inserts one in the order of ids, newest first. */
function showEvent(rows: HTMLTableSectionElement, event: ListedEvent, now: number): void {
  const container = document.createElement('tbody')
  render(<EventRow event={event} now={now} />, container)
  const row = container.firstElementChild
  if (!row) return
  showTimes(row)
  const existing = rows.querySelector(`[data-event="${event.id}"]`)
  const older = [...rows.rows].find((candidate) => idOf(candidate) < event.id)
  if (existing) existing.replaceWith(row)
  else rows.insertBefore(row, older ?? null)
}

interface Status {
  /** For the style sheet. */
  state: 'live' | 'paused' | 'lost'
  text: string
}

function connectionProblem({ readyState }: EventSource): Status | undefined {
  if (readyState === EventSource.CLOSED)
    return { state: 'lost', text: 'Not live any more: load the page again' }
  if (readyState === EventSource.CONNECTING) return { state: 'lost', text: 'Reconnecting…' }
  return undefined
}

const pausedStatus = (unseen: number): Status => ({ state: 'paused', text: `Paused (${unseen} new)` })

/** Changes the text only when it differs: screen readers announce every change. */
function showStatus(element: HTMLElement, { state, text }: Status): void {
  if (element.textContent === text) return
  element.textContent = text
  element.dataset.state = state
}

/** Number of events in the frames that the table has no row of. */
function countUnseen(frames: readonly Frame[], rows: HTMLTableSectionElement): number {
  const shown = new Set([...rows.rows].map(idOf))
  const ids = frames.flatMap(({ events }) => events.map(({ id }) => id))
  return new Set(ids.filter((id) => !shown.has(id))).size
}
