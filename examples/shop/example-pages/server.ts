/** Knows the page of events that no browser sends: a webhook by curl, and an order that the shop's server reports. */
import { API_KEY } from '../keys.js'
import type { Order } from '../orders.js'
import { propertiesOf } from '../properties.js'
import type { Case, Visit } from './example-page.js'
import { parcel } from './orders.js'

/** Body of `POST /v1/events` for an order; address and agent are the visitor's, never the server's own. */
export const orderBody = (
  domain: string,
  { id, email, lines }: Order,
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
        properties: { ...propertiesOf(lines), order_id: id },
      },
    ],
  }
}

const curl = ({ collector, domain, link, nonce }: Visit): string => {
  const order = { id: `web-${nonce.slice(0, 6)}`, email: 'jane@example.com', phone: '', lines: parcel }
  const body = orderBody(domain, order, { url: link('checkout', '/server?by=curl') })
  return `curl ${collector}/v1/events \\
  -H 'Authorization: Bearer ${API_KEY}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body)}'`
}

export const server: Case = {
  path: '/server',
  house: 'checkout',
  group: 'Orders',
  line: 'The warehouse reports an order by curl, the shop by its own server: no browser is needed.',
  page: (visit) => ({
    title: 'Order by letter',
    main: `
    <h1>Some order by letter</h1>
    <p>Then no browser is there to tell. The shop's server does it, with the API key of the site:</p>
    <p><button type="button" id="report" data-testid="report">Report an order from the server</button></p>
    <p><output data-testid="answer"></output></p>
    <h2>From a terminal</h2>
    <pre data-testid="curl">${curl(visit)}</pre>
    <p class="good-line">The same again is a duplicate: the collector says so, and TikTok gets it once.</p>`,
    script: `
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
