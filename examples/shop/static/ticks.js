/** Knows which expected events have arrived: asks the shop, which asks the inspector, and ticks them off. */
const open = new Set(document.querySelectorAll('[data-query]'))

const look = async () => {
  if (document.hidden || open.size === 0) return
  const asked = [...open]
  const query = new URLSearchParams(asked.map(({ dataset }) => ['q', dataset.query]))
  const answer = await fetch(`/examples/arrived?${query}`)
  const arrived = answer.ok ? await answer.json() : []
  asked.forEach((entry, index) => {
    if (!arrived[index]) return
    open.delete(entry)
    entry.classList.add('arrived')
    entry.querySelector('.tick').setAttribute('aria-label', 'arrived:')
    entry.querySelector('.tick').role = 'img'
  })
}

const repeat = () =>
  look()
    .catch(() => {})
    .finally(() => setTimeout(repeat, 2000))
repeat()
document.addEventListener('visibilitychange', look)
