/** Renders pages about privacy: an opt-out, visitors from several places, and a lead form. */
import { VISITORS } from '../visitor.js'
import type { ExamplePage } from './example-page.js'

export const privacyChoices: ExamplePage = {
  path: '/privacy',
  subdomain: 'www',
  group: 'Consent and privacy',
  summary: 'An opt-out, or Global Privacy Control: Limited Data Use in every region.',
  page: ({ link }) => ({
    title: 'Your privacy choices',
    main: `
    <h1>Your privacy choices</h1>
    <p>We would sell boats without knowing who you are. You can limit TikTok to using your data for this shop only. The choice covers all pages of Little Harbour for a year.</p>
    <form class="buttons" method="post" action="${link('www', '/privacy')}">
      <button type="submit" name="optout" value="1" data-testid="opt-out">Do not sell or share my data</button>
      <button class="quiet" type="submit" name="optout" value="" data-testid="opt-in">Undo</button>
    </form>
    <p id="gpc" data-testid="gpc" hidden>Your browser sends this choice to every page (Global Privacy Control), and this shop follows it.</p>`,
    inlineScript: `document.querySelector('#gpc').hidden = navigator.globalPrivacyControl !== true`,
    expected: [
      [
        'Pageview',
        'with <code>LDU</code> after the choice, in every region',
        'event:Pageview ldu:yes /privacy',
      ],
    ],
    diagnosis: {
      code: 'gpc_on',
      title: 'Your own browser sends Global Privacy Control',
      when: ', if it does',
      byCheck: true,
    },
  }),
}

const PLACE_NAMES: Record<string, string> = { 'US-CA': 'California', 'US-TX': 'Texas', DE: 'Germany' }

export const shipping: ExamplePage = {
  path: '/shipping',
  subdomain: 'www',
  group: 'Consent and privacy',
  summary:
    'A visitor from California: Limited Data Use by law, by the region header of a proxy or by IP address.',
  page: ({ link, query }) => ({
    title: 'Shipping',
    main: `
    <h1>Where shall the boat go?</h1>
    <ul class="places">
      ${Object.keys(VISITORS)
        .map(
          (place) =>
            `<li><a class="button${query('visitor') === place ? '' : ' quiet'}" href="${link('www', `/shipping?visitor=${place}`)}" data-testid="place-${place}">${PLACE_NAMES[place] ?? place}</a></li>`,
        )
        .join('\n      ')}
    </ul>
    <p data-testid="shipping">${query('visitor') === 'DE' ? 'Nine days, by way of Bremerhaven.' : 'Three days, shipping is free.'}</p>`,
    expected: [
      ['Pageview', 'with <code>LDU</code> from California', 'event:Pageview ldu:yes /shipping?visitor=US-CA'],
      ['Pageview', 'without it from Texas', 'event:Pageview ldu:no /shipping?visitor=US-TX'],
    ],
  }),
}

export const catalogue: ExamplePage = {
  path: '/catalogue',
  subdomain: 'www',
  group: 'Consent and privacy',
  summary: 'A lead form with spaces, capitals and a national phone number: normalised, then hashed.',
  page: ({ link, query }) => ({
    title: 'The catalogue',
    main: query('sent')
      ? `
    <h1 data-testid="catalogue-sent">It is on its way</h1>
    <p>Forty pages, printed on the back of old sea charts.</p>
    <p><a class="button" href="${link('www', '/')}">Back to the harbour</a></p>`
      : `
    <h1>The printed catalogue</h1>
    <p>Forty pages, free, by post. We call before we come ashore.</p>
    <form id="lead" class="narrow" method="post" action="${link('www', '/catalogue')}">
      <fieldset>
        <label>First name <input name="first_name" autocomplete="given-name" maxlength="100" required data-testid="first-name"></label>
        <label>Last name <input name="last_name" autocomplete="family-name" maxlength="100" required data-testid="last-name"></label>
        <label>E-mail <input name="email" inputmode="email" autocomplete="email" maxlength="254" required data-testid="email"></label>
        <label>Phone <input name="phone" type="tel" autocomplete="tel" maxlength="40" data-testid="phone"></label>
      </fieldset>
      <button type="submit" data-testid="send">Send me the catalogue</button>
    </form>`,
    inlineScript: query('sent')
      ? ''
      : `
      document.querySelector('#lead').addEventListener('submit', ({ target }) => {
        const { first_name, last_name, email, phone } = Object.fromEntries(new FormData(target))
        tagferry.identify({ first_name, last_name, email, phone })
        tagferry.track('Lead', { description: 'catalogue' })
      })`,
    expected: [
      [
        'Lead',
        'with hashed e-mail and phone, never the clear text',
        'event:Lead key:email key:phone /catalogue',
      ],
    ],
  }),
}
