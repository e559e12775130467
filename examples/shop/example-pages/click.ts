/** Knows the pages about click ids: an offer that an ad leads to, and an account known on every host. */

import { picture } from '../pages/pictures.js'
import { GOODS, type Good } from '../products.js'
import type { Case } from './example-page.js'

const light = GOODS.find(({ id }) => id === 'LH-LIGHT') as Good

export const offer: Case = {
  path: '/offer',
  house: 'www',
  group: 'Click ids',
  line: 'A redirect between ad and page drops the query, and the click id with it.',
  start: ({ link }) => link('www', '/r?to=/offer&ttclid=E.C.P.lost'),
  page: ({ link }) => ({
    title: 'Offer of the week',
    main: `
    <article class="product">
      ${picture(light.slug, light.name)}
      <div>
        <p class="crumb">Until Sunday</p>
        <h1 data-testid="offer">${light.name.replace('. ', '.&nbsp;')}, gift-wrapped</h1>
        <p class="lead">${light.line}</p>
        <p>${light.story} This week it comes in blue paper, with a card in your words.</p>
        <p><a class="button" href="${link('www', `/products/${light.slug}`)}">Look closer</a></p>
        <p class="good-line">Come here from an ad <a href="${link('www', '/offer?ttclid=E.C.P.offer')}" data-testid="from-ad">directly</a>,
          or <a href="${link('www', '/r?to=/offer&ttclid=E.C.P.lost')}" data-testid="from-redirect">by the redirect</a> of an old campaign.</p>
      </div>
    </article>`,
    expected: [
      [
        'Pageview',
        'without a click id after the redirect <code>/r?to=/offer</code>: nobody can know it any more',
      ],
      ['Pageview', 'with <code>E.C.P.offer</code> from the ad directly', 'event:Pageview /offer key:ttclid'],
    ],
    diagnosis: {
      code: 'ttclid_lost_on_redirect',
      title: 'The click id does not reach the page',
      byCheck: true,
      address: 'the address of the redirect',
    },
  }),
}

export const account: Case = {
  path: '/account',
  house: 'www',
  group: 'Click ids',
  line: 'Signed in on www, known by the same click id, ttp and external_id on shop and checkout.',
  page: ({ link, customer }) => ({
    title: 'Your account',
    main: customer
      ? `
    <h1 data-testid="welcome">Welcome back, ${customer}</h1>
    <p>Your boats are where you left them. Every page knows you now, on all three hosts:</p>
    <p><a class="button" href="${link('shop', '/cart')}" data-testid="to-cart">Your cart</a></p>
    <form method="post" action="${link('www', '/account')}"><input type="hidden" name="customer" value=""><button class="quiet" type="submit" data-testid="sign-out">Sign out</button></form>`
      : `
    <h1>Sign in</h1>
    <form class="narrow" method="post" action="${link('www', '/account')}">
      <fieldset>
        <label>Customer number <input name="customer" value="LH-C-17" maxlength="20" pattern="[A-Z0-9\\-]+" required data-testid="customer"></label>
      </fieldset>
      <button type="submit" data-testid="sign-in">Sign in</button>
    </form>`,
    expected: [
      [
        'Pageview',
        'signed in: with hashed <code>external_id</code>, the same on every host',
        'event:Pageview key:external_id',
      ],
    ],
  }),
}
