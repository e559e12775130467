/** Knows the Answers panel: which answers are ordered, and how to order others. */
import { find } from './dom.js'

const words = ({ kind, code, status, next }) =>
  [kind === 'code' ? `code ${code}` : kind === 'http' ? `HTTP ${status}` : kind, next && `× ${next}`]
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

export const listenToAnswers = () =>
  find('order-form').addEventListener('submit', async (event) => {
    event.preventDefault()
    const { pixel, answer, next } = Object.fromEntries(new FormData(event.target))
    const one = { ...JSON.parse(answer), ...(next && { next: Number(next) }) }
    const plain = one.kind === 'normal' && !one.delayMs
    const response = await fetch('/inspector/api/answers', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ pixel, answers: plain ? [] : [one] }),
    })
    if (response.ok) show(await response.json())
  })
