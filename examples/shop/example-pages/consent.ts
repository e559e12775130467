/** Knows the pages that ask first: one banner, three platforms that tell the snippet what the visitor said. */

import { json } from '../pages/frame.js'
import { picture } from '../pages/pictures.js'
import { snippet } from '../pages/snippet.js'
import { GOODS, type Good } from '../products.js'
import { propertiesOf } from '../properties.js'
import type { Case } from './example-page.js'

const whale = GOODS.find(({ id }) => id === 'LH-WHALE') as Good

interface Platform {
  path: string
  line: string
  says: string
  /** Above the snippet. */
  before?: string
  /** Statements of the banner's `tell(answer)`, where `answer` is `grant` or `revoke`. */
  tell: string
}

const PLATFORMS: readonly Platform[] = [
  {
    path: '/consent',
    line: 'A banner of your own: events wait until the visitor agrees, and are gone when they do not.',
    says: 'calls <code>tagferry.consent</code>',
    tell: 'tagferry.consent(answer)',
  },
  {
    path: '/consent/google',
    line: 'The banner speaks Google consent mode, and the snippet listens.',
    says: 'updates Google consent mode',
    before: `<script>
  window.dataLayer = []
  function gtag() { dataLayer.push(arguments) }
  gtag('consent', 'default', { ad_storage: 'denied', ad_user_data: 'denied' })
</script>`,
    tell: `const word = answer === 'grant' ? 'granted' : 'denied'
        gtag('consent', 'update', { ad_storage: word, ad_user_data: word })`,
  },
  {
    path: '/consent/wordpress',
    line: 'The banner speaks the WP Consent API, as plugins of WordPress do.',
    says: 'speaks the WP Consent API',
    before: `<script>
  window.wp_consent_type = 'optin'
  const consents = {}
  window.wp_has_consent = (category) => consents[category] === 'allow'
  window.wp_set_consent = (category, value) => {
    consents[category] = value
    document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail: { [category]: value } }))
  }
</script>`,
    tell: `wp_set_consent('marketing', answer === 'grant' ? 'allow' : 'deny')`,
  },
]

const pageOf = ({ path, line, says, before, tell }: Platform): Case => ({
  path,
  house: 'www',
  group: 'Consent and privacy',
  line,
  page: ({ domain }) => ({
    title:
      path === '/consent'
        ? 'Consent banner'
        : path.endsWith('google')
          ? 'Consent, Google'
          : 'Consent, WordPress',
    head: `${before ? `${before}\n` : ''}${snippet(domain, 'data-consent="required"')}`,
    main: `
    <article class="product">
      ${picture(whale.slug, whale.name)}
      <div>
        <h1>A whale has come in</h1>
        <p class="lead">${whale.line}</p>
        <p>${whale.story}</p>
        <p><button class="quiet" type="button" id="withdraw" data-testid="withdraw">Change what I allowed</button></p>
      </div>
    </article>
    <section class="banner" id="banner" aria-label="Consent" data-testid="banner" hidden>
      <p>May TikTok know that its ad brought you here? The boats are the same either way.</p>
      <p class="buttons"><button type="button" value="grant" data-testid="accept">You may</button>
        <button type="button" value="revoke" data-testid="decline">Rather not</button></p>
    </section>`,
    script: `
      const banner = document.querySelector('#banner')
      const tell = (answer) => {
        ${tell}
      }

      tagferry.track('ViewContent', ${json(propertiesOf([{ good: whale, quantity: 1 }]))})

      if (localStorage.harbour_consent) tell(localStorage.harbour_consent)
      else banner.hidden = false

      banner.addEventListener('click', ({ target }) => {
        if (!target.value) return
        localStorage.harbour_consent = target.value
        banner.hidden = true
        tell(target.value)
      })
      document.querySelector('#withdraw').addEventListener('click', () => {
        delete localStorage.harbour_consent
        banner.hidden = false
        tell('revoke')
      })`,
    expected: [
      ['Nothing', 'as long as nobody has said yes, and no cookie either'],
      [
        'Pageview',
        `and ViewContent after <em>You may</em>, which ${says}, with their original time`,
        `event:ViewContent ${path}`,
      ],
      [
        'Nothing',
        'after <em>Rather not</em>; after a change of mind what still waits at the collector is skipped, reason consent',
      ],
    ],
  }),
})

export const consents: readonly Case[] = PLATFORMS.map(pageOf)
