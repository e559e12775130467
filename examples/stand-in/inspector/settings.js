/** Shows and changes the strictness and the clock offset. */
import { byId } from './dom.js'
import { span } from './format.js'

const show = ({ settings }) => {
  const { strict, clockOffsetMs } = settings.find(({ pixel }) => pixel === '*')
  const pixelCount = settings.length - 1
  byId('strict').value = strict ? 'strict' : 'today'
  byId('clock').textContent = [
    clockOffsetMs === 0 ? 'Clock: as on this machine' : `Clock: ${span(clockOffsetMs)} ahead`,
    pixelCount > 0 && `${pixelCount} ${pixelCount === 1 ? 'pixel has' : 'pixels have'} settings of their own`,
  ]
    .filter(Boolean)
    .join('; ')
  byId('clock').dataset.offset = clockOffsetMs
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

export const setUpSettings = () => {
  byId('strict').addEventListener('change', ({ target }) => put({ strict: target.value === 'strict' }))
  for (const button of document.querySelectorAll('[data-ahead]'))
    button.addEventListener('click', () => {
      const ahead = Number(button.dataset.ahead)
      put({ clockOffsetMs: ahead === 0 ? 0 : Number(byId('clock').dataset.offset ?? 0) + ahead })
    })
}
