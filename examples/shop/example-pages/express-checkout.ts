/** Renders a checkout in one step, on pages that also have TikTok's pixel. */
import { PIXEL_CODE } from '../keys.js'
import type { Order } from '../orders.js'
import { type Page, scriptJson } from '../pages/layout.js'
import { snippet } from '../pages/snippet.js'
import { thankYouPage } from '../pages/thank-you.js'
import { nightFerry as ferry, formatDollars } from '../products.js'
import { eventProperties } from '../properties.js'
import type { ExampleContext, ExamplePage } from './example-page.js'

/** The order of this page and of the server order page. */
export const oneFerry = [{ product: ferry, quantity: 1 }]

export const expressCheckout: ExamplePage = {
  path: '/express',
  subdomain: 'checkout',
  group: 'Orders',
  summary:
    "TikTok's pixel stays on the page: its Purchase and that of the server share an id and count once.",
  page: ({ link }) => ({
    title: 'Express checkout',
    main: `
    <h1>One ferry, one field</h1>
    <p>${ferry.name}, ${formatDollars(ferry.cents)}, by the morning boat. Paid on delivery.</p>
    <form class="narrow" method="post" action="${link('checkout', '/express')}">
      <fieldset>
        <label>E-mail <input name="email" type="email" autocomplete="email" maxlength="254" required data-testid="email"></label>
      </fieldset>
      <button type="submit" data-testid="buy">Buy now, ${formatDollars(ferry.cents)}</button>
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

/** TikTok's pixel code as pasted into a page, with the script of the stand-in instead of TikTok's. */
const pixelScripts = (tiktok: string): string => `<script>
  window.ttq = []
  for (const name of ['page', 'track', 'identify']) ttq[name] = (...args) => ttq.push([name, ...args])
  ttq.page()
</script>
<script async src="${tiktok}/i18n/pixel/events.js?sdkid=${PIXEL_CODE}"></script>`

/** A thank-you page that calls only the pixel. `data-ttq="mirror"` sends the same events to the collector. */
export const expressThankYouPage = (order: Order, context: ExampleContext): Page => ({
  ...thankYouPage(order, context),
  head: `${pixelScripts(context.tiktokOrigin)}
${snippet(context.domain, 'data-ttq="mirror"')}`,
  inlineScript: `
      tagferry.identify(${scriptJson({ email: order.email })})
      ttq.track('Purchase', ${scriptJson({ ...eventProperties(order.items), order_id: order.id })}, { event_id: 'Purchase.${order.id}' })`,
  expected: [
    ['Purchase', `twice with event_id Purchase.${order.id}: one counts, the other is merged into it`],
    ['Purchase', 'from the pixel after a reload, dropped; the collector does not send it again'],
  ],
})
