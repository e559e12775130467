/** Shows the simulated answers in the Answers panel, and sets others. */
import { byId, make } from './dom.js'

const describe = ({ kind, code, status, delayMs, taken, next, probability }) =>
  [
    kind === 'code'
      ? `code ${code}`
      : kind === 'http'
        ? `HTTP ${status}`
        : delayMs
          ? `slow ${delayMs} ms`
          : kind,
    kind === 'reset' && (taken ? 'after' : 'before'),
    next && `× ${next}`,
    probability !== undefined && `${Math.round(probability * 100)} %`,
  ]
    .filter(Boolean)
    .join(' ')

const show = ({ orders }) => {
  const texts = orders.map(
    ({ pixel, answers }) => `${pixel === '*' ? 'all' : pixel}: ${answers.map(describe).join(', ')}`,
  )
  byId('current-answers').textContent = texts.join(' · ') || 'normal'
  byId('answers').classList.toggle('simulated', orders.length > 0)
}

export const loadAnswers = async () => show(await (await fetch('/inspector/api/answers')).json())

/** The answer that the form describes; undefined for the normal answer. */
const answerOf = ({ kind, code, status, body, retryAfter, delayMs }) => {
  const seconds = retryAfter && (Number.isNaN(Number(retryAfter)) ? retryAfter : Number(retryAfter))
  switch (kind) {
    case 'normal':
      return undefined
    case 'code':
      // Partial success means that the request was taken.
      return { kind: 'code', code: Number(code), ...(code === '20001' && { taken: true }) }
    case 'http':
      return { kind: 'http', status: Number(status), body, ...(retryAfter && { retryAfter: seconds }) }
    case 'slow':
      return { kind: 'normal', delayMs: Number(delayMs) }
    case 'cut-before':
      return { kind: 'reset' }
    case 'cut-after':
      return { kind: 'reset', taken: true }
    default:
      return { kind }
  }
}

const setAnswers = async (form) => {
  const fields = Object.fromEntries(new FormData(form))
  const answer = answerOf(fields)
  const limits = {
    ...(fields.next && { next: Number(fields.next) }),
    ...(fields.share && fields.share !== '100' && { probability: Number(fields.share) / 100 }),
  }
  const response = await fetch('/inspector/api/answers', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ pixel: fields.pixel, answers: answer ? [{ ...answer, ...limits }] : [] }),
  })
  const result = await response.json()
  byId('answers-problem').textContent = response.ok ? '' : result.problems.join('; ')
  if (response.ok) show(result)
}

/** Shows only the fields of the chosen kind. */
const showFields = (form) => {
  for (const field of form.querySelectorAll('[data-for]')) {
    field.hidden = field.dataset.for !== form.elements.kind.value
    for (const input of field.querySelectorAll('input, select')) input.disabled = field.hidden
  }
}

export const setUpAnswers = async () => {
  const form = byId('answers-form')
  form.elements.kind.addEventListener('change', () => showFields(form))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    setAnswers(form)
  })
  for (const button of form.querySelectorAll('[data-code]'))
    button.addEventListener('click', () => {
      form.elements.kind.value = 'code'
      form.elements.code.value = button.dataset.code
      showFields(form)
      setAnswers(form)
    })
  showFields(form)
  const { codes } = await (await fetch('/inspector/api/codes')).json()
  const select = form.elements.code
  select.append(
    ...codes.map(({ code, message }) => make('option', { value: code }, `${code} ${message.slice(0, 60)}`)),
  )
  select.value = '40105'
}
