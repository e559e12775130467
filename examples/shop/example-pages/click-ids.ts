/** Renders the pages about click ids: an offer behind an ad, and an account shared by all hosts. */
import { productPicture } from '../pages/pictures.js'
import { lighthouse } from '../products.js'
import type { ExamplePage } from './example-page.js'

export const offer: ExamplePage = {
  path: '/offer',
  subdomain: 'www',
  group: 'Click ids',
  summary: 'A redirect between ad and page drops the query, and the click id with it.',
  start: ({ link }) => link('www', '/r?to=/offer&ttclid=E.C.P.lost'),
  page: ({ link }) => ({
    title: 'Offer of the week',
    main: `
    <article class="product">
      ${productPicture(lighthouse.slug, lighthouse.name)}
      <div>
        <p class="crumb">Until Sunday</p>
        <h1 data-testid="offer">${lighthouse.name.replace('. ', '.&nbsp;')}, gift-wrapped</h1>
        <p class="lead">${lighthouse.tagline}</p>
        <p>${lighthouse.description} This week it comes in blue paper, with a card in your words.</p>
        <p><a class="button" href="${link('www', `/products/${lighthouse.slug}`)}">Look closer</a></p>
        <p class="note">Come here from an ad <a href="${link('www', '/offer?ttclid=E.C.P.offer')}" data-testid="from-ad">directly</a>,
          or <a href="${link('www', '/r?to=/offer&ttclid=E.C.P.lost')}" data-testid="from-redirect">by the redirect</a> of an old campaign.</p>
      </div>
    </article>`,
    expected: [
      ['Pageview', 'without a click id after the redirect <code>/r?to=/offer</code>, which dropped it'],
      ['Pageview', 'with <code>E.C.P.offer</code> directly from the ad', 'event:Pageview /offer key:ttclid'],
    ],
    diagnosis: {
      code: 'ttclid_lost_on_redirect',
      title: 'The click id does not reach the page',
      byCheck: true,
      address: 'the address of the redirect',
    },
  }),
}

export const account: ExamplePage = {
  path: '/account',
  subdomain: 'www',
  group: 'Click ids',
  summary: 'A sign-in on www: shop and checkout send the same click id, ttp and external_id.',
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
