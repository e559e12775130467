/** Knows the switch for strictness and the clock that can be moved. */
import { find } from './dom.js'
import { span } from './format.js'

const show = ({ settings }) => {
  const { strict, clockOffsetMs } = settings.find(({ pixel }) => pixel === '*')
  const own = settings.length - 1
  find('strict').value = strict ? 'strict' : 'today'
  find('clock').textContent = [
    clockOffsetMs === 0 ? 'Clock: as on this machine' : `Clock: ${span(clockOffsetMs)} ahead`,
    own > 0 && `${own} ${own === 1 ? 'pixel has' : 'pixels have'} settings of their own`,
  ]
    .filter(Boolean)
    .join('; ')
  find('clock').dataset.offset = clockOffsetMs
}

export const loadSettings = async () => show(await (await fetch('/inspector/api/settings')).json())

const put = async (change) => {
  const response = await fetch('/inspector/api/settings', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(change),
  })
  if (response.ok) show(await response.json())
}

export const listenToSettings = () => {
  find('strict').addEventListener('change', ({ target }) => put({ strict: target.value === 'strict' }))
  for (const button of document.querySelectorAll('[data-ahead]'))
    button.addEventListener('click', () => {
      const ahead = Number(button.dataset.ahead)
      put({ clockOffsetMs: ahead === 0 ? 0 : Number(find('clock').dataset.offset ?? 0) + ahead })
    })
}
