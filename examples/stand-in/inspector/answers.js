/** Knows the Answers panel: which answers are ordered, and how to order others. */
import { find, make } from './dom.js'

const words = ({ kind, code, status, delayMs, taken, next, probability }) =>
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
  const text = orders.map(
    ({ pixel, answers }) => `${pixel === '*' ? 'all' : pixel}: ${answers.map(words).join(', ')}`,
  )
  find('order').textContent = text.join(' · ') || 'normal'
  find('answers').classList.toggle('ordered', orders.length > 0)
}

export const loadAnswers = async () => show(await (await fetch('/inspector/api/answers')).json())

/** What a filled form orders; undefined is the normal answer. */
const answerOf = ({ kind, code, status, body, retryAfter, delayMs }) => {
  const seconds = retryAfter && (Number.isNaN(Number(retryAfter)) ? retryAfter : Number(retryAfter))
  switch (kind) {
    case 'normal':
      return undefined
    case 'code':
      // Partial success was taken.
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

const order = async (form) => {
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
  const told = await response.json()
  find('order-problem').textContent = response.ok ? '' : told.problems.join('; ')
  if (response.ok) show(told)
}

/** Only the fields that the kind has. */
const showFields = (form) => {
  for (const field of form.querySelectorAll('[data-for]')) {
    field.hidden = field.dataset.for !== form.elements.kind.value
    for (const input of field.querySelectorAll('input, select')) input.disabled = field.hidden
  }
}

export const listenToAnswers = async () => {
  const form = find('order-form')
  form.elements.kind.addEventListener('change', () => showFields(form))
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    order(form)
  })
  for (const button of form.querySelectorAll('[data-code]'))
    button.addEventListener('click', () => {
      form.elements.kind.value = 'code'
      form.elements.code.value = button.dataset.code
      showFields(form)
      order(form)
    })
  showFields(form)
  const { codes } = await (await fetch('/inspector/api/codes')).json()
  const select = form.elements.code
  select.append(
    ...codes.map(({ code, message }) => make('option', { value: code }, `${code} ${message.slice(0, 60)}`)),
  )
  select.value = '40105'
}
