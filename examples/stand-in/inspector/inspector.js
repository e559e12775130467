/** Knows the inspector page: loads the list, keeps it live, filters, pauses, clears. */
import { listenToAnswers, loadAnswers } from './answers.js'
import { find } from './dom.js'
import { listenToKeys } from './keyboard.js'
import { createRow } from './row.js'

const LONGEST = 200
const list = find('list')
const search = find('q')
const pause = find('pause')
let missed = 0
let loading = null
let again = false

const url = () => `/inspector/api/events?${new URLSearchParams({ q: search.value, limit: LONGEST })}`

const showCounts = (counts) => {
  for (const place of document.querySelectorAll('[data-count]'))
    place.textContent = counts[place.dataset.count].toLocaleString()
}

/** Rows that stay keep their element, so that what is open stays open and focus is not lost. */
const showRows = (events) => {
  const present = new Map([...list.children].map((row) => [row.dataset.id, row]))
  const rows = events.map((event) => present.get(event.id) ?? createRow(event))
  const wanted = new Set(rows)
  for (const row of present.values()) if (!wanted.has(row)) row.remove()
  rows.forEach((row, i) => {
    if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null)
  })
}

const show = ({ events, found, counts, limit, origin }) => {
  showCounts(counts)
  showRows(events)
  const filtered = search.value.trim() !== ''
  find('empty').hidden = found > 0 || filtered
  find('summary').textContent = filtered
    ? `${found.toLocaleString()} found`
    : found > LONGEST
      ? `The newest ${LONGEST} of ${found.toLocaleString()}`
      : ''
  find('origin').textContent = origin
  find('limit').textContent = limit.toLocaleString()
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
  live.addEventListener('open', () => {
    state('live')
    load()
    loadAnswers()
  })
  live.addEventListener('error', () => state('away'))
  live.addEventListener('cleared', load)
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

pause.addEventListener('click', () => {
  pause.setAttribute('aria-pressed', String(!paused()))
  missed = 0
  showPause()
  if (!paused()) load()
})
find('clear').addEventListener('click', () => {
  if (confirm('Forget all received events and what was counted?'))
    fetch('/inspector/api/events', { method: 'DELETE' })
})
// Esc empties a search field without an input event.
for (const name of ['input', 'search']) search.addEventListener(name, load)
find('bar').addEventListener('submit', (event) => event.preventDefault())
search.value = new URLSearchParams(location.search).get('q') ?? ''
listenToKeys(list, search)
listenToAnswers()
connect()
