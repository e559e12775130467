/** Knows the pages that buy in one step: beside TikTok's pixel, and from the shop's own server. */

import { PIXEL_CODE } from '../keys.js'
import type { Order } from '../orders.js'
import { json, type Page } from '../pages/frame.js'
import { snippet } from '../pages/snippet.js'
import { thanks } from '../pages/thanks.js'
import { dollars, GOODS, type Good } from '../products.js'
import { propertiesOf } from '../properties.js'
import type { Case, Visit } from './example-page.js'

const ferry = GOODS.find(({ id }) => id === 'LH-FERRY') as Good

/** What these pages sell. */
export const parcel = [{ good: ferry, quantity: 1 }]

export const express: Case = {
  path: '/express',
  house: 'checkout',
  group: 'Orders',
  line: "TikTok's pixel stays on the page: its Purchase and the server's have one id, and count once.",
  page: ({ link }) => ({
    title: 'Express checkout',
    main: `
    <h1>One ferry, one field</h1>
    <p>${ferry.name}, ${dollars(ferry.cents)}, by the morning boat. Paid on delivery.</p>
    <form class="narrow" method="post" action="${link('checkout', '/express')}">
      <fieldset>
        <label>E-mail <input name="email" type="email" autocomplete="email" maxlength="254" required data-testid="email"></label>
      </fieldset>
      <button type="submit" data-testid="buy">Buy now, ${dollars(ferry.cents)}</button>
    </form>`,
    expected: [
      ['Pageview', 'of this page'],
      [
        'Purchase',
        'on the next page, from the pixel and from the collector: the second is <em>Merged</em>',
        'event:Purchase dedup:merged',
      ],
      ['Purchase', 'from the pixel again after a reload: <em>Dropped</em>', 'event:Purchase dedup:dropped'],
    ],
  }),
}

/** What TikTok's own code leaves in a page, with the stand-in's script in place of TikTok's. */
const pixel = (tiktok: string): string => `<script>
  window.ttq = []
  for (const name of ['page', 'track', 'identify']) ttq[name] = (...args) => ttq.push([name, ...args])
  ttq.page()
</script>
<script async src="${tiktok}/i18n/pixel/events.js?sdkid=${PIXEL_CODE}"></script>`

/** The thank-you page of somebody who calls the pixel alone: `data-ttq="mirror"` gives the collector the same events. */
export const expressThanks = (order: Order, visit: Visit): Page => ({
  ...thanks(order, visit),
  head: `${pixel(visit.tiktok)}
${snippet(visit.domain, 'data-ttq="mirror"')}`,
  script: `
      tagferry.identify(${json({ email: order.email })})
      ttq.track('Purchase', ${json({ ...propertiesOf(order.lines), order_id: order.id })}, { event_id: 'Purchase.${order.id}' })`,
  expected: [
    ['Purchase', `twice with event_id Purchase.${order.id}: one counts, the other is merged with it`],
    ['Purchase', 'from the pixel after a reload, dropped; the collector sends no second one'],
  ],
})
