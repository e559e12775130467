/** Knows the detail of one event: its tabs, how they are moved through, and its permalink. */
import { find, make } from './dom.js'
import { money } from './format.js'
import { payloadOf } from './payload.js'
import { chips, verdict } from './row.js'
import { duplicatesOf } from './ruler.js'
import { checksLabel, checksOf, exchangeOf, journeyOf, summaryOf } from './tabs.js'

const TABS = {
  summary: ['Summary', summaryOf],
  payload: ['Payload', payloadOf],
  checks: [checksLabel, checksOf],
  exchange: ['Request/Response', exchangeOf],
  duplicates: [({ family }) => [`Duplicates (${family.length - 1})`], duplicatesOf],
  journey: ['Journey', journeyOf],
}

const place = find('detail')
let open = null
let tab = 'summary'

const addressOf = (id, name) => {
  const address = new URL(location.href)
  for (const [key, value] of [
    ['open', id],
    ['tab', name === 'summary' ? null : name],
  ])
    if (value === null) address.searchParams.delete(key)
    else address.searchParams.set(key, value)
  return address
}

/** Where an event can be found again. */
export const permalink = (id) => `${addressOf(id, null).search}`

const showTab = (event, name, focus) => {
  tab = name
  for (const button of place.querySelectorAll('[role=tab]')) {
    const chosen = button.dataset.tab === name
    button.setAttribute('aria-selected', String(chosen))
    button.tabIndex = chosen ? 0 : -1
    if (chosen && focus) button.focus()
  }
  const panel = find('panel')
  panel.setAttribute('aria-labelledby', `tab-${name}`)
  panel.dataset.tab = name
  panel.replaceChildren(TABS[name][1](event))
  history.replaceState(null, '', addressOf(event.id, name))
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1 }

const tabList = (event) => {
  const names = Object.keys(TABS)
  const list = make(
    'div',
    { role: 'tablist', 'aria-label': 'Detail' },
    ...names.map((name) => {
      const label = typeof TABS[name][0] === 'function' ? TABS[name][0](event) : [TABS[name][0]]
      const button = make(
        'button',
        { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'panel', 'data-tab': name },
        ...label,
      )
      button.addEventListener('click', () => showTab(event, name, false))
      return button
    }),
  )
  list.addEventListener('keydown', ({ key }) => {
    const step = STEPS[key]
    if (step) showTab(event, names.at((names.indexOf(tab) + step) % names.length), true)
  })
  return list
}

const markRow = () => {
  for (const link of document.querySelectorAll('.row > a'))
    if (link.parentElement.dataset.id === open) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
}

export const closeDetail = () => {
  if (open === null) return
  const row = document.querySelector(`.row[data-id="${open}"] > a`)
  open = null
  place.hidden = true
  place.replaceChildren()
  document.body.classList.remove('opened')
  history.replaceState(null, '', addressOf(null, null))
  markRow()
  row?.focus()
}

const shell = (title, ...rest) => {
  const close = make('button', { type: 'button', class: 'close', 'data-testid': 'close' }, 'Close')
  close.addEventListener('click', closeDetail)
  place.replaceChildren(make('header', {}, make('h2', { id: 'detail-title' }, title), close), ...rest)
}

/** Opens an event by its id; `wanted` is the tab to begin with, else the one that was open. */
export const openDetail = async (id, wanted = tab) => {
  open = id
  const response = await fetch(`/inspector/api/events/${id}`)
  const event = await response.json()
  if (open !== id) return
  place.hidden = false
  document.body.classList.add('opened')
  markRow()
  if (!response.ok) {
    shell(`No. ${id}`, make('p', {}, event.error))
    return
  }
  shell(
    `${event.event ?? '(unreadable)'} ${money(event)}`,
    make('p', { class: 'chips' }, verdict(event), ...chips(event)),
    tabList(event),
    make('div', { role: 'tabpanel', id: 'panel', tabindex: 0, 'data-testid': 'panel' }),
  )
  showTab(event, Object.hasOwn(TABS, wanted) ? wanted : 'summary', false)
}

/** After rows were redrawn. */
export const keepMark = markRow
