/** Runs the inspector page: loads the list, updates it live, filters, pauses and clears it. */
import { loadAnswers, setUpAnswers } from './answers.js'
import { closeDetail, markOpenRow, openDetail, permalink } from './detail.js'
import { byId } from './dom.js'
import { setUpKeys } from './keyboard.js'
import { createRow } from './row.js'
import { loadSettings, setUpSettings } from './settings.js'

const MAX_ROWS = 200
const list = byId('list')
const search = byId('q')
const pause = byId('pause')
/** Events that arrived while paused. */
let missed = 0
let isLoading = false
let shouldReload = false

const query = () => new URLSearchParams(search.value.trim() === '' ? {} : { q: search.value })
const url = () => `/inspector/api/events?${query()}&limit=${MAX_ROWS}`

const showCounts = (counts) => {
  for (const element of document.querySelectorAll('[data-count]'))
    element.textContent = counts[element.dataset.count].toLocaleString()
}

/** Rows that stay keep their element, so that focus is not lost. Only a changed pin replaces a row. */
const showRows = (events) => {
  const existing = new Map([...list.children].map((row) => [`${row.dataset.id} ${row.dataset.pinned}`, row]))
  const rows = events.map(
    (event) => existing.get(`${event.id} ${event.pinned}`) ?? createRow(event, permalink(event.id)),
  )
  const focusedId = document.activeElement?.closest('.row')?.dataset.id
  const isPinFocused = document.activeElement?.classList.contains('pin')
  const current = new Set(rows)
  for (const row of existing.values()) if (!current.has(row)) row.remove()
  rows.forEach((row, i) => {
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null)
  })
  if (focusedId && !document.activeElement?.closest('.row') && isPinFocused)
    list.querySelector(`.row[data-id="${focusedId}"] > .pin`)?.focus()
  markOpenRow()
}

const show = ({ events, found, counts, limit, origin }) => {
  showCounts(counts)
  showRows(events)
  const isFiltered = search.value.trim() !== ''
  byId('empty').hidden = found > 0 || isFiltered
  byId('nothing').hidden = found > 0 || !isFiltered
  byId('nothing-q').textContent = search.value.trim()
  byId('summary').textContent = isFiltered
    ? `${found.toLocaleString()} found`
    : found > MAX_ROWS
      ? `The newest ${MAX_ROWS} of ${found.toLocaleString()}`
      : ''
  for (const element of document.querySelectorAll('[data-origin]')) element.textContent = origin
  byId('limit').textContent = limit.toLocaleString()
  byId('export').href = `/inspector/api/events.ndjson?${query()}`
}

/** Sends one request at a time. A call during a request reloads once afterwards. */
const load = async () => {
  if (isLoading) {
    shouldReload = true
    return
  }
  isLoading = true
  try {
    show(await (await fetch(url())).json())
  } catch {
    // The state of the live connection shows that the stand-in is away.
  }
  isLoading = false
  if (shouldReload) {
    shouldReload = false
    load()
  }
}

const isPaused = () => pause.getAttribute('aria-pressed') === 'true'
const showPause = () => {
  pause.textContent = isPaused() ? `Resume${missed > 0 ? ` (${missed} new)` : ''}` : 'Pause'
}

const connect = () => {
  const live = new EventSource('/inspector/api/live')
  const connection = byId('connection')
  const setState = (text) => {
    connection.textContent = text
    connection.dataset.state = text
  }
  const refresh = () => {
    loadAnswers()
    loadSettings()
    return load()
  }
  live.addEventListener('open', () => {
    setState('live')
    refresh()
  })
  live.addEventListener('error', () => setState('away'))
  live.addEventListener('changed', refresh)
  live.addEventListener('added', (event) => {
    if (isPaused()) {
      missed += JSON.parse(event.data).length
      showPause()
      return
    }
    load()
    loadAnswers()
  })
}

const filterBy = (text) => {
  search.value = text
  const address = new URL(location.href)
  if (text.trim() === '') address.searchParams.delete('q')
  else address.searchParams.set('q', text)
  history.replaceState(null, '', address)
  load()
}

pause.addEventListener('click', () => {
  pause.setAttribute('aria-pressed', String(!isPaused()))
  missed = 0
  showPause()
  if (!isPaused()) load()
})
byId('clear').addEventListener('click', () => {
  if (confirm('Forget all received events and what was counted? Pinned events stay.'))
    fetch('/inspector/api/events', { method: 'DELETE' })
})
byId('unfilter').addEventListener('click', () => filterBy(''))
// Esc empties a search field without an input event.
for (const name of ['input', 'search']) search.addEventListener(name, () => filterBy(search.value))
byId('bar').addEventListener('submit', (event) => event.preventDefault())
list.addEventListener('click', (event) => {
  const link = event.target.closest('.row > a')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  openDetail(link.parentElement.dataset.id)
})

const params = new URLSearchParams(location.search)
search.value = params.get('q') ?? ''
setUpKeys(list, search, closeDetail)
setUpAnswers()
setUpSettings()
connect()
if (/^\d+$/.test(params.get('open') ?? '')) openDetail(params.get('open'), params.get('tab') ?? 'summary')
