/** Renders the index of the example pages, with a tick for each expected event that has arrived. */
import { landingPage } from '../pages/landing.js'
import type { ExpectedEvent, Page } from '../pages/layout.js'
import { type ExampleContext, type ExamplePage, GROUPS } from './example-page.js'
import { EXAMPLE_PAGES } from './index.js'

/** One card of the index. The shop itself and the boat yard have cards of their own. */
interface IndexEntry {
  group: ExamplePage['group']
  title: string
  summary: string
  href: string
  expected: readonly ExpectedEvent[]
}

const expectedEvent = (event: string, query: string, when = ''): ExpectedEvent => [
  event,
  when,
  `event:${event} ${query}`,
]

const shopEntries = (context: ExampleContext): IndexEntry[] => [
  {
    group: 'Click ids',
    title: landingPage(context).title,
    summary: 'The landing page of an ad: a first-party cookie keeps the click id.',
    href: context.link('www', '/?ttclid=E.C.P.abc'),
    expected: [expectedEvent('Pageview', 'key:ttclid', 'with the click id')],
  },
  {
    group: 'Orders',
    title: 'From product to thank-you',
    summary:
      'Put a ferry into the cart, check out and pay. Reload the last page, go back and forward: it stays one purchase.',
    href: context.link('www', '/products/night-ferry'),
    expected: ['ViewContent', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Purchase'].map((event) =>
      expectedEvent(event, 'channel:server'),
    ),
  },
  {
    group: 'Ways to install',
    title: 'Boat yard',
    summary:
      'A single-page application that imports the module instead of using a script tag: one Pageview for each view.',
    href: context.link('www', '/spa/'),
    expected: [
      expectedEvent('Pageview', '/spa/skiff', 'of Skiff Ida'),
      expectedEvent('Contact', '/spa/visit', 'when the bell rings'),
    ],
  },
  {
    group: 'Ways to install',
    title: 'Boat yard, by hash',
    summary: 'The same with a router that changes only the part after the #.',
    href: context.link('www', '/spa/hash.html'),
    expected: [
      expectedEvent('Pageview', '/spa/hash.html #/skiff', 'of Skiff Ida'),
      expectedEvent('Contact', '/spa/hash.html #/visit', 'when the bell rings'),
    ],
  },
]

const indexEntry = (example: ExamplePage, context: ExampleContext): IndexEntry => {
  const { title, expected } = example.page(context)
  const href = example.start?.(context) ?? context.link(example.subdomain, example.path)
  return { group: example.group, title, summary: example.summary, href, expected }
}

const entryCard = ({ title, summary, href, expected }: IndexEntry): string => {
  const events = expected.flatMap(([event, when, query]) =>
    query
      ? [`<li data-query="${query}"><span class="tick"></span><strong>${event}</strong> ${when}</li>`]
      : [],
  )
  return `<li data-example="${new URL(href).pathname}"><a href="${href}">${title}</a>
        <p>${summary}</p>
        ${events.length > 0 ? `<ul class="events">${events.join('')}</ul>` : ''}</li>`
}

export const indexPage = (context: ExampleContext): Page => {
  const entries = [...shopEntries(context), ...EXAMPLE_PAGES.map((example) => indexEntry(example, context))]
  return {
    title: 'Examples',
    main: `
    <h1>Everything that can happen to an event</h1>
    <p>Each page is a small shop's page that you may copy. Each expected event is ticked off here once it arrives at the stand-in for TikTok; the <a href="${context.inspectorUrl}">inspector</a> shows all events.</p>
    ${GROUPS.map(
      (group) => `<h2>${group}</h2>
    <ul class="examples">
      ${entries
        .filter((entry) => entry.group === group)
        .map(entryCard)
        .join('\n      ')}
    </ul>`,
    ).join('\n    ')}`,
    scripts: `
    <script type="module" src="/static/arrived-events.js"></script>`,
    expected: [['Pageview', 'of this page']],
  }
}
