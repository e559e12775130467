/** Knows the pages of visitors who opt out, come from California, or ask for a catalogue. */
import { VISITORS } from '../visitor.js'
import type { Case } from './example-page.js'

export const choices: Case = {
  path: '/privacy',
  house: 'www',
  group: 'Consent and privacy',
  line: 'An opt-out of the shop, or Global Privacy Control: Limited Data Use wherever the visitor is.',
  page: ({ link }) => ({
    title: 'Your privacy choices',
    main: `
    <h1>Your privacy choices</h1>
    <p>We would sell boats without knowing who you are. If TikTok should use what it learns here for this shop alone, say so; it holds for all pages of Little Harbour, for a year.</p>
    <form class="buttons" method="post" action="${link('www', '/privacy')}">
      <button type="submit" name="optout" value="1" data-testid="opt-out">Do not sell or share my data</button>
      <button class="quiet" type="submit" name="optout" value="" data-testid="opt-in">Take it back</button>
    </form>
    <p id="gpc" data-testid="gpc" hidden>Your browser asks for this on every page (Global Privacy Control), and we hear it.</p>`,
    script: `document.querySelector('#gpc').hidden = navigator.globalPrivacyControl !== true`,
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

const NAMES: Record<string, string> = { 'US-CA': 'California', 'US-TX': 'Texas', DE: 'Germany' }

export const shipping: Case = {
  path: '/shipping',
  house: 'www',
  group: 'Consent and privacy',
  line: 'A visitor from California: Limited Data Use by law, from the region header of a proxy or from the address.',
  page: ({ link, asked }) => ({
    title: 'Shipping',
    main: `
    <h1>Where shall the boat go?</h1>
    <ul class="places">
      ${Object.keys(VISITORS)
        .map(
          (place) =>
            `<li><a class="button${asked('visitor') === place ? '' : ' quiet'}" href="${link('www', `/shipping?visitor=${place}`)}" data-testid="place-${place}">${NAMES[place] ?? place}</a></li>`,
        )
        .join('\n      ')}
    </ul>
    <p data-testid="shipping">${asked('visitor') === 'DE' ? 'Nine days, by way of Bremerhaven.' : 'Three days, shipping is free.'}</p>`,
    expected: [
      ['Pageview', 'with <code>LDU</code> from California', 'event:Pageview ldu:yes /shipping?visitor=US-CA'],
      ['Pageview', 'without it from Texas', 'event:Pageview ldu:no /shipping?visitor=US-TX'],
    ],
  }),
}

export const catalogue: Case = {
  path: '/catalogue',
  house: 'www',
  group: 'Consent and privacy',
  line: 'A lead form with spaces, capitals and a national phone number: made uniform, then hashed.',
  page: ({ link, asked }) => ({
    title: 'The catalogue',
    main: asked('sent')
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
    script: asked('sent')
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
