/** Knows every further example page, and the index that groups them. */

import type { Expected, Page } from '../pages/frame.js'
import { landing } from '../pages/landing.js'
import { attack } from './attack.js'
import { account, offer } from './click.js'
import { consents } from './consent.js'
import { plain, robots, storm } from './edge-cases.js'
import { frames } from './embed.js'
import { type Case, GROUPS, type Visit } from './example-page.js'
import { places } from './install.js'
import { express } from './orders.js'
import { strict, wrong } from './policy.js'
import { catalogue, choices, shipping } from './privacy.js'
import { server } from './server.js'

export const CASES: readonly Case[] = [
  offer,
  account,
  express,
  server,
  ...consents,
  choices,
  shipping,
  catalogue,
  ...places,
  ...frames,
  strict,
  wrong,
  storm,
  robots,
  plain,
  attack,
]

/** A page of the index that is no case: the shop itself, the boat yard. */
interface Entry {
  group: Case['group']
  title: string
  line: string
  href: string
  expected: readonly Expected[]
}

const once = (event: string, where: string, when = ''): Expected => [event, when, `event:${event} ${where}`]

const others = (visit: Visit): Entry[] => [
  {
    group: 'Click ids',
    title: landing(visit).title,
    line: 'The landing page of an ad: the click id is kept in a first-party cookie.',
    href: visit.link('www', '/?ttclid=E.C.P.abc'),
    expected: [once('Pageview', 'key:ttclid', 'with the click id')],
  },
  {
    group: 'Orders',
    title: 'From product to thank-you',
    line: 'Put a ferry in the cart, check out, pay; reload the last page, go back and forth: one purchase.',
    href: visit.link('www', '/products/night-ferry'),
    expected: ['ViewContent', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Purchase'].map((event) =>
      once(event, 'channel:server'),
    ),
  },
  {
    group: 'Ways to install',
    title: 'Boat yard',
    line: 'A single-page application with the module instead of a script tag: one page view for each view.',
    href: visit.link('www', '/spa/'),
    expected: [
      once('Pageview', '/spa/skiff', 'of Skiff Ida'),
      once('Contact', '/spa/visit', 'when the bell rings'),
    ],
  },
  {
    group: 'Ways to install',
    title: 'Boat yard, by hash',
    line: 'The same with a router that changes only the part behind the #.',
    href: visit.link('www', '/spa/hash.html'),
    expected: [
      once('Pageview', '/spa/hash.html #/skiff', 'of Skiff Ida'),
      once('Contact', '/spa/hash.html #/visit', 'when the bell rings'),
    ],
  },
]

const entryOf = (one: Case, visit: Visit): Entry => {
  const { title, expected } = one.page(visit)
  const href = one.start?.(visit) ?? visit.link(one.house, one.path)
  return { group: one.group, title, line: one.line, href, expected }
}

const card = ({ title, line, href, expected }: Entry): string => {
  const events = expected.flatMap(([event, when, query]) =>
    query
      ? [`<li data-query="${query}"><span class="tick"></span><strong>${event}</strong> ${when}</li>`]
      : [],
  )
  return `<li data-case="${new URL(href).pathname}"><a href="${href}">${title}</a>
        <p>${line}</p>
        ${events.length > 0 ? `<ul class="events">${events.join('')}</ul>` : ''}</li>`
}

/** Links, one sentence each, and ticks for what has arrived. */
export const index = (visit: Visit): Page => {
  const entries = [...others(visit), ...CASES.map((one) => entryOf(one, visit))]
  return {
    title: 'Examples',
    main: `
    <h1>Everything that can happen to an event</h1>
    <p>Each page is a small shop's page that you may copy. What is expected of it gets a tick here as soon as it arrives at the stand-in for TikTok; the <a href="${visit.inspectorUrl}">inspector</a> shows all of it.</p>
    ${GROUPS.map(
      (group) => `<h2>${group}</h2>
    <ul class="cases">
      ${entries
        .filter((entry) => entry.group === group)
        .map(card)
        .join('\n      ')}
    </ul>`,
    ).join('\n    ')}`,
    foot: `
    <script type="module" src="/static/ticks.js"></script>`,
    expected: [['Pageview', 'of this page']],
  }
}
