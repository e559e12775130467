/** Renders the pages with a consent banner, for three ways to pass the decision to the snippet. */
import { scriptJson } from '../pages/layout.js'
import { productPicture } from '../pages/pictures.js'
import { snippet } from '../pages/snippet.js'
import { visitingWhale as whale } from '../products.js'
import { eventProperties } from '../properties.js'
import type { ExamplePage } from './example-page.js'

interface ConsentPlatform {
  path: string
  title: string
  summary: string
  /** How the banner passes the decision on, for the description of expected events. */
  action: string
  /** Script above the snippet. */
  setup?: string
  /** Body of the banner's `setConsent(decision)`, where `decision` is `grant` or `revoke`. */
  setConsent: string
}

const PLATFORMS: readonly ConsentPlatform[] = [
  {
    path: '/consent',
    title: 'Consent banner',
    summary: 'A banner of your own: events wait for the decision of the visitor, and are dropped after a no.',
    action: 'calls <code>tagferry.consent</code>',
    setConsent: 'tagferry.consent(decision)',
  },
  {
    path: '/consent/google',
    title: 'Consent, Google',
    summary: 'The banner updates Google consent mode, and the snippet follows it.',
    action: 'updates Google consent mode',
    setup: `<script>
  window.dataLayer = []
  function gtag() { dataLayer.push(arguments) }
  gtag('consent', 'default', { ad_storage: 'denied', ad_user_data: 'denied' })
</script>`,
    setConsent: `const state = decision === 'grant' ? 'granted' : 'denied'
        gtag('consent', 'update', { ad_storage: state, ad_user_data: state })`,
  },
  {
    path: '/consent/wordpress',
    title: 'Consent, WordPress',
    summary: 'The banner calls the WP Consent API, as WordPress plugins do.',
    action: 'calls the WP Consent API',
    setup: `<script>
  window.wp_consent_type = 'optin'
  const consents = {}
  window.wp_has_consent = (category) => consents[category] === 'allow'
  window.wp_set_consent = (category, value) => {
    consents[category] = value
    document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', { detail: { [category]: value } }))
  }
</script>`,
    setConsent: `wp_set_consent('marketing', decision === 'grant' ? 'allow' : 'deny')`,
  },
]

const MAIN = `
    <article class="product">
      ${productPicture(whale.slug, whale.name)}
      <div>
        <h1>A whale has come in</h1>
        <p class="lead">${whale.tagline}</p>
        <p>${whale.description}</p>
        <p><button class="quiet" type="button" id="withdraw" data-testid="withdraw">Change what I allowed</button></p>
      </div>
    </article>
    <section class="banner" id="banner" aria-label="Consent" data-testid="banner" hidden>
      <p>May TikTok know that its ad brought you here? The boats are the same either way.</p>
      <p class="buttons"><button type="button" value="grant" data-testid="accept">Allow</button>
        <button type="button" value="revoke" data-testid="decline">Decline</button></p>
    </section>`

/** The banner remembers the decision in `localStorage` and passes it to the platform on every page view. */
const bannerScript = (setConsent: string): string => `
      const banner = document.querySelector('#banner')
      const setConsent = (decision) => {
        ${setConsent}
      }

      tagferry.track('ViewContent', ${scriptJson(eventProperties([{ product: whale, quantity: 1 }]))})

      if (localStorage.harbour_consent) setConsent(localStorage.harbour_consent)
      else banner.hidden = false

      banner.addEventListener('click', ({ target }) => {
        if (!target.value) return
        localStorage.harbour_consent = target.value
        banner.hidden = true
        setConsent(target.value)
      })
      document.querySelector('#withdraw').addEventListener('click', () => {
        delete localStorage.harbour_consent
        banner.hidden = false
        setConsent('revoke')
      })`

const consentPage = ({ path, title, summary, action, setup, setConsent }: ConsentPlatform): ExamplePage => ({
  path,
  subdomain: 'www',
  group: 'Consent and privacy',
  summary,
  page: ({ domain }) => ({
    title,
    head: `${setup ? `${setup}\n` : ''}${snippet(domain, 'data-consent="required"')}`,
    main: MAIN,
    inlineScript: bannerScript(setConsent),
    expected: [
      ['Nothing', 'before a yes, and no cookie either'],
      [
        'Pageview',
        `and ViewContent after <em>Allow</em>, which ${action}, with their original time`,
        `event:ViewContent ${path}`,
      ],
      [
        'Nothing',
        'after <em>Decline</em>; after a withdrawal the collector skips what it has not sent yet, reason consent',
      ],
    ],
  }),
})

export const consentPages: readonly ExamplePage[] = PLATFORMS.map(consentPage)
