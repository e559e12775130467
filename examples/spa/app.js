/** Knows the boat yard's pages, and starts tagferry from its module: no script tag. */
import { createTagferry } from 'tagferry/browser'
import { startRouter } from './router.js'

const byHash = document.documentElement.dataset.router === 'hash'

// Before the router, which may change the address that the click id is in.
const tagferry = createTagferry({ endpoint: '/t/e', pageview: byHash ? 'hash' : 'on' })

const boats = {
  skiff: { name: 'Skiff Ida', price: 27, line: 'Flat below, so that she never tips.' },
  punt: { name: 'Punt Oskar', price: 24.5, line: 'For ponds, and for thinking.' },
}

const element = (tag, text, attributes = {}) => {
  const made = document.createElement(tag)
  made.textContent = text
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made
}

const link = (path, text) =>
  element('a', text, {
    href: byHash ? `#${path}` : `/spa${path}`,
    'data-link': '',
    'data-testid': `to-${path.slice(1)}`,
  })

const yard = () => {
  const list = element('ul', '')
  for (const slug of Object.keys(boats)) {
    const item = element('li', '')
    item.append(link(`/${slug}`, boats[slug].name))
    list.append(item)
  }
  return [element('h1', 'On the stocks'), element('p', 'Not for sale yet: the paint is wet.'), list]
}

const boat = (slug) => {
  const { name, price, line } = boats[slug]
  tagferry.track('ViewContent', {
    content_type: 'product',
    contents: [{ content_id: slug, content_name: name, quantity: 1, price }],
    value: price,
    currency: 'USD',
  })
  return [
    element('h1', name, { 'data-testid': 'boat' }),
    element('p', line, { class: 'lead' }),
    link('/', 'Back to the yard'),
  ]
}

const visit = () => {
  const bell = element('button', 'Ring the bell', { type: 'button', 'data-testid': 'bell' })
  bell.addEventListener('click', () => {
    tagferry.track('Contact')
    // Leaves at once: the event goes by beacon, or with the next page.
    location.href = '/'
  })
  return [element('h1', 'Visit us'), element('p', 'Mornings, when the tide is out.'), bell]
}

startRouter(byHash, (path) => {
  const slug = path.slice(1)
  const view = slug === 'visit' ? visit() : Object.hasOwn(boats, slug) ? boat(slug) : yard()
  document.querySelector('#view').replaceChildren(...view)
})
