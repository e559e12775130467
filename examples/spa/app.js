/** Renders the views of the boat yard, and starts tagferry from its module instead of a script tag. */
import { createTagferry } from 'tagferry/browser'
import { startRouter } from './router.js'

const byHash = document.documentElement.dataset.router === 'hash'

// Starts before the router, which may remove the click id from the address.
const tagferry = createTagferry({ endpoint: '/t/e', pageview: byHash ? 'hash' : 'on' })

const boats = {
  skiff: { name: 'Skiff Ida', price: 27, tagline: 'Flat below, so that she never tips.' },
  punt: { name: 'Punt Oskar', price: 24.5, tagline: 'For ponds, and for thinking.' },
}

const element = (tag, text, attributes = {}) => {
  const node = document.createElement(tag)
  node.textContent = text
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  return node
}

const link = (path, text) =>
  element('a', text, {
    href: byHash ? `#${path}` : `/spa${path}`,
    'data-link': '',
    'data-testid': `to-${path.slice(1)}`,
  })

const yardView = () => {
  const list = element('ul', '')
  for (const slug of Object.keys(boats)) {
    const item = element('li', '')
    item.append(link(`/${slug}`, boats[slug].name))
    list.append(item)
  }
  return [element('h1', 'On the stocks'), element('p', 'Not for sale yet: the paint is wet.'), list]
}

const boatView = (slug) => {
  const { name, price, tagline } = boats[slug]
  tagferry.track('ViewContent', {
    content_type: 'product',
    contents: [{ content_id: slug, content_name: name, quantity: 1, price }],
    value: price,
    currency: 'USD',
  })
  return [
    element('h1', name, { 'data-testid': 'boat' }),
    element('p', tagline, { class: 'lead' }),
    link('/', 'Back to the yard'),
  ]
}

const visitView = () => {
  const bell = element('button', 'Ring the bell', { type: 'button', 'data-testid': 'bell' })
  bell.addEventListener('click', () => {
    tagferry.track('Contact')
    // The page unloads at once, so the event is sent by a beacon, or from the next page.
    location.href = '/'
  })
  return [element('h1', 'Visit us'), element('p', 'Mornings, when the tide is out.'), bell]
}

startRouter(byHash, (path) => {
  const slug = path.slice(1)
  const view = slug === 'visit' ? visitView() : Object.hasOwn(boats, slug) ? boatView(slug) : yardView()
  document.querySelector('#view').replaceChildren(...view)
})
