/** Ticks off the expected events on the index once the inspector has them; polls the shop every two seconds. */
const POLL_MS = 2000
const pending = new Set(document.querySelectorAll('[data-query]'))

const markArrived = (entry) => {
  pending.delete(entry)
  entry.classList.add('arrived')
  const tick = entry.querySelector('.tick')
  tick.setAttribute('aria-label', 'arrived:')
  tick.role = 'img'
}

const update = async () => {
  if (document.hidden || pending.size === 0) return
  const entries = [...pending]
  const query = new URLSearchParams(entries.map(({ dataset }) => ['q', dataset.query]))
  const answer = await fetch(`/examples/arrived?${query}`)
  const arrived = answer.ok ? await answer.json() : []
  entries.forEach((entry, index) => {
    if (arrived[index]) markArrived(entry)
  })
}

const poll = () =>
  update()
    .catch(() => {})
    .finally(() => setTimeout(poll, POLL_MS))
poll()
document.addEventListener('visibilitychange', update)
