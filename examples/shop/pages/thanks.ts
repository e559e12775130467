/** Knows the thank-you page: the order's number makes the event id, so a reload is no second purchase. */
import { totalCents } from '../cart.js'
import type { Order } from '../orders.js'
import { dollars } from '../products.js'
import { propertiesOf } from '../properties.js'
import { type Around, json, type Page } from './frame.js'
import { picture } from './pictures.js'

export const thanks = (order: Order, { link }: Around): Page => ({
  title: 'Thank you',
  main: `
    <section class="thanks">
      ${picture('night-ferry')}
      <h1 data-testid="thanks">Thank you, and fair winds</h1>
      <p>Order <strong data-testid="order-id">${order.id}</strong> over <strong data-testid="total">${dollars(totalCents(order.lines))}</strong> leaves with the next ferry.</p>
      <ul>${order.lines.map(({ good, quantity }) => `<li>${quantity} × ${good.name}</li>`).join('')}</ul>
      <p><a class="button" href="${link('www', '/')}" data-testid="back-home">Back to the harbour</a></p>
    </section>`,
  script: `
      tagferry.identify(${json({ email: order.email, ...(order.phone && { phone: order.phone }) })})
      tagferry.track('Purchase', ${json({ ...propertiesOf(order.lines), order_id: order.id })})`,
  expected: [
    ['Pageview', 'of this page'],
    [
      'Purchase',
      `once, with event_id Purchase.${order.id}, value ${totalCents(order.lines) / 100} USD, hashed e-mail and phone; not again after a reload`,
    ],
  ],
})

/** For an order that the shop does not know (any more). */
export const lost = ({ link }: Around): Page => ({
  title: 'Not found',
  main: `
    <h1>Nothing is moored here</h1>
    <p><a href="${link('www', '/')}">Back to the harbour</a></p>`,
  expected: [['Pageview', 'of this page']],
})
