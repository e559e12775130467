/** Shows the detail of one event, with its tabs and its permalink. */
import { byId, make } from './dom.js'
import { money } from './format.js'
import { payloadTab } from './payload.js'
import { chips, verdict } from './row.js'
import { checksLabel, checksTab, exchangeTab, journeyTab, summaryTab } from './tabs.js'
import { duplicatesTab } from './timeline.js'

/** Name -> label (or a function that returns it) and content. */
const TABS = {
  summary: ['Summary', summaryTab],
  payload: ['Payload', payloadTab],
  checks: [checksLabel, checksTab],
  exchange: ['Request/Response', exchangeTab],
  duplicates: [({ family }) => [`Duplicates (${family.length - 1})`], duplicatesTab],
  journey: ['Journey', journeyTab],
}

const detail = byId('detail')
let openId = null
let currentTab = 'summary'

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

/** The query string that opens an event. */
export const permalink = (id) => `${addressOf(id, null).search}`

const showTab = (event, name, focus) => {
  currentTab = name
  for (const button of detail.querySelectorAll('[role=tab]')) {
    const isSelected = button.dataset.tab === name
    button.setAttribute('aria-selected', String(isSelected))
    button.tabIndex = isSelected ? 0 : -1
    if (isSelected && focus) button.focus()
  }
  const panel = byId('panel')
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
    if (step) showTab(event, names.at((names.indexOf(currentTab) + step) % names.length), true)
  })
  return list
}

/** Marks the row of the open event. Call it after rows were redrawn. */
export const markOpenRow = () => {
  for (const link of document.querySelectorAll('.row > a'))
    if (link.parentElement.dataset.id === openId) link.setAttribute('aria-current', 'true')
    else link.removeAttribute('aria-current')
}

export const closeDetail = () => {
  if (openId === null) return
  const row = document.querySelector(`.row[data-id="${openId}"] > a`)
  openId = null
  detail.hidden = true
  detail.replaceChildren()
  document.body.classList.remove('opened')
  history.replaceState(null, '', addressOf(null, null))
  markOpenRow()
  row?.focus()
}

const showDetail = (title, ...rest) => {
  const close = make('button', { type: 'button', class: 'close', 'data-testid': 'close' }, 'Close')
  close.addEventListener('click', closeDetail)
  detail.replaceChildren(make('header', {}, make('h2', { id: 'detail-title' }, title), close), ...rest)
}

/** Opens an event by its id, on the given tab or on the current one. */
export const openDetail = async (id, tab = currentTab) => {
  openId = id
  const response = await fetch(`/inspector/api/events/${id}`)
  const event = await response.json()
  if (openId !== id) return
  detail.hidden = false
  document.body.classList.add('opened')
  markOpenRow()
  if (!response.ok) {
    showDetail(`No. ${id}`, make('p', {}, event.error))
    return
  }
  showDetail(
    `${event.event ?? '(unreadable)'} ${money(event)}`,
    make('p', { class: 'chips' }, verdict(event), ...chips(event)),
    tabList(event),
    make('div', { role: 'tabpanel', id: 'panel', tabindex: 0, 'data-testid': 'panel' }),
  )
  showTab(event, Object.hasOwn(TABS, tab) ? tab : 'summary', false)
}
