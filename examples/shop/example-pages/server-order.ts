/** Renders the page about events without a browser: an order sent by curl, and one sent by the shop's server. */
import { API_KEY } from '../keys.js'
import type { Order } from '../orders.js'
import { eventProperties } from '../properties.js'
import type { ExampleContext, ExamplePage } from './example-page.js'
import { oneFerry } from './express-checkout.js'

/** Body of `POST /v1/events` for an order. IP address and user agent are the visitor's, never the server's. */
export const orderBody = (
  domain: string,
  { id, email, items }: Order,
  visitor: { ip?: string; user_agent?: string; ttclid?: string; url: string },
) => {
  const { url, ...rest } = visitor
  return {
    site: domain,
    events: [
      {
        event: 'Purchase',
        event_id: `Purchase.${id}`,
        user: { email, ...rest },
        page: { url },
        properties: { ...eventProperties(items), order_id: id },
      },
    ],
  }
}

const curl = ({ collectorOrigin, domain, link, nonce }: ExampleContext): string => {
  const order = { id: `web-${nonce.slice(0, 6)}`, email: 'jane@example.com', phone: '', items: oneFerry }
  const body = orderBody(domain, order, { url: link('checkout', '/server?by=curl') })
  return `curl ${collectorOrigin}/v1/events \\
  -H 'Authorization: Bearer ${API_KEY}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'`
}

export const serverOrder: ExamplePage = {
  path: '/server',
  subdomain: 'checkout',
  group: 'Orders',
  summary: 'A Purchase sent by curl, and one sent by the server of the shop.',
  page: (context) => ({
    title: 'Orders without a browser',
    main: `
    <h1>Orders without a browser</h1>
    <p>Some customers order by letter. The server of the shop reports these orders, with the API key of the site:</p>
    <p><button type="button" id="report" data-testid="report">Report an order from the server</button></p>
    <p><output data-testid="answer"></output></p>
    <h2>From a terminal</h2>
    <pre data-testid="curl">${curl(context)}</pre>
    <p class="note">A second run is a duplicate: the collector answers so, and TikTok gets the order once.</p>`,
    inlineScript: `
      document.querySelector('#report').addEventListener('click', async () => {
        const answer = await fetch('/server/order', { method: 'POST' })
        document.querySelector('output').textContent = JSON.stringify(await answer.json())
      })`,
    expected: [
      ['Purchase', 'after the button, from the server', 'event:Purchase channel:server /server?by=button'],
      ['Purchase', 'after the curl command', 'event:Purchase channel:server /server?by=curl'],
    ],
  }),
}
