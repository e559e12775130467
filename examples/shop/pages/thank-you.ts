/** Renders the thank-you page. The event id comes from the order, so a reload is not a second purchase. */
import { totalCents } from '../cart.js'
import type { Order } from '../orders.js'
import { formatDollars } from '../products.js'
import { eventProperties } from '../properties.js'
import { type Page, type PageContext, scriptJson } from './layout.js'
import { productPicture } from './pictures.js'

export const thankYouPage = (order: Order, { link }: PageContext): Page => ({
  title: 'Thank you',
  main: `
    <section class="thanks">
      ${productPicture('night-ferry')}
      <h1 data-testid="thanks">Thank you, and fair winds</h1>
      <p>Order <strong data-testid="order-id">${order.id}</strong> over <strong data-testid="total">${formatDollars(totalCents(order.items))}</strong> leaves with the next ferry.</p>
      <ul>${order.items.map(({ product, quantity }) => `<li>${quantity} × ${product.name}</li>`).join('')}</ul>
      <p><a class="button" href="${link('www', '/')}" data-testid="back-home">Back to the harbour</a></p>
    </section>`,
  inlineScript: `
      tagferry.identify(${scriptJson({ email: order.email, ...(order.phone && { phone: order.phone }) })})
      tagferry.track('Purchase', ${scriptJson({ ...eventProperties(order.items), order_id: order.id })})`,
  expected: [
    ['Pageview', 'of this page'],
    [
      'Purchase',
      `once, with event_id Purchase.${order.id}, value ${totalCents(order.items) / 100} USD, hashed e-mail and phone; not again after a reload`,
    ],
  ],
})
