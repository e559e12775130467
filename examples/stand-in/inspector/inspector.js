/** Knows the inspector page: loads the list, keeps it live, filters, pauses, clears. */
import { listenToAnswers, loadAnswers } from './answers.js'
import { closeDetail, keepMark, openDetail, permalink } from './detail.js'
import { find } from './dom.js'
import { listenToKeys } from './keyboard.js'
import { createRow } from './row.js'
import { listenToSettings, loadSettings } from './settings.js'

const LONGEST = 200
const list = find('list')
const search = find('q')
const pause = find('pause')
let missed = 0
let loading = null
let again = false

const query = () => new URLSearchParams(search.value.trim() === '' ? {} : { q: search.value })
const url = () => `/inspector/api/events?${query()}&limit=${LONGEST}`

const showCounts = (counts) => {
  for (const place of document.querySelectorAll('[data-count]'))
    place.textContent = counts[place.dataset.count].toLocaleString()
}

/** Rows that stay keep their element, so that focus is not lost; a pin is the one thing that changes. */
const showRows = (events) => {
  const present = new Map([...list.children].map((row) => [`${row.dataset.id} ${row.dataset.pinned}`, row]))
  const rows = events.map(
    (event) => present.get(`${event.id} ${event.pinned}`) ?? createRow(event, permalink(event.id)),
  )
  const focused = document.activeElement?.closest('.row')?.dataset.id
  const onPin = document.activeElement?.classList.contains('pin')
  const wanted = new Set(rows)
  for (const row of present.values()) if (!wanted.has(row)) row.remove()
  rows.forEach((row, i) => {
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null)
  })
  if (focused && !document.activeElement?.closest('.row') && onPin)
    list.querySelector(`.row[data-id="${focused}"] > .pin`)?.focus()
  keepMark()
}

const show = ({ events, found, counts, limit, origin }) => {
  showCounts(counts)
  showRows(events)
  const filtered = search.value.trim() !== ''
  find('empty').hidden = found > 0 || filtered
  find('nothing').hidden = found > 0 || !filtered
  find('nothing-q').textContent = search.value.trim()
  find('summary').textContent = filtered
    ? `${found.toLocaleString()} found`
    : found > LONGEST
      ? `The newest ${LONGEST} of ${found.toLocaleString()}`
      : ''
  for (const place of document.querySelectorAll('[data-origin]')) place.textContent = origin
  find('limit').textContent = limit.toLocaleString()
  find('export').href = `/inspector/api/events.ndjson?${query()}`
}

/** One request at a time; a call in between asks once more afterwards. */
const load = async () => {
  if (loading) {
    again = true
    return
  }
  loading = fetch(url())
  try {
    show(await (await loading).json())
  } catch {
    // The live connection says that the stand-in is away.
  }
  loading = null
  if (again) {
    again = false
    load()
  }
}

const paused = () => pause.getAttribute('aria-pressed') === 'true'
const showPause = () => {
  pause.textContent = paused() ? `Resume${missed > 0 ? ` (${missed} new)` : ''}` : 'Pause'
}

const connect = () => {
  const live = new EventSource('/inspector/api/live')
  const connection = find('connection')
  const state = (text) => {
    connection.textContent = text
    connection.dataset.state = text
  }
  const refresh = () => {
    loadAnswers()
    loadSettings()
    return load()
  }
  live.addEventListener('open', () => {
    state('live')
    refresh()
  })
  live.addEventListener('error', () => state('away'))
  live.addEventListener('changed', refresh)
  live.addEventListener('added', (event) => {
    if (paused()) {
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
  pause.setAttribute('aria-pressed', String(!paused()))
  missed = 0
  showPause()
  if (!paused()) load()
})
find('clear').addEventListener('click', () => {
  if (confirm('Forget all received events and what was counted? Pinned events stay.'))
    fetch('/inspector/api/events', { method: 'DELETE' })
})
find('unfilter').addEventListener('click', () => filterBy(''))
// Esc empties a search field without an input event.
for (const name of ['input', 'search']) search.addEventListener(name, () => filterBy(search.value))
find('bar').addEventListener('submit', (event) => event.preventDefault())
list.addEventListener('click', (event) => {
  const link = event.target.closest('.row > a')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  openDetail(link.parentElement.dataset.id)
})

const asked = new URLSearchParams(location.search)
search.value = asked.get('q') ?? ''
listenToKeys(list, search, closeDetail)
listenToAnswers()
listenToSettings()
connect()
if (/^\d+$/.test(asked.get('open') ?? '')) openDetail(asked.get('open'), asked.get('tab') ?? 'summary')
