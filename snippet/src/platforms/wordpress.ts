/** Reads the WP Consent API of WordPress cookie banners: https://github.com/WordPress/wp-consent-level-api */
import { attempt } from '../logger.js'
import { setConsent } from './set-consent.js'

interface WordpressWindow {
  wp_has_consent?: (category: string) => unknown
  /** `optin` or `optout`. With `waitfor_consent_hook` it is set late. */
  wp_consent_type?: string
  waitfor_consent_hook?: unknown
}

let isAnswered = false

/** `wp_has_consent` also returns `false` before the visitor has decided, so `false` only holds events. */
export const readWordpress = () => {
  const page = window as WordpressWindow
  if (isAnswered || !page.wp_has_consent) return
  setConsent('wp', 'hold')
  if ((page.wp_consent_type || !page.waitfor_consent_hook) && page.wp_has_consent('marketing') === true)
    setConsent('wp', 'grant')
}

export const observeWordpress = () => {
  document.addEventListener('wp_consent_type_defined', readWordpress)
  document.addEventListener('wp_listen_for_consent_change', (event) =>
    attempt(() => {
      const { marketing } = (event as CustomEvent).detail
      if (!marketing) return
      isAnswered = true
      setConsent('wp', marketing === 'allow' ? 'grant' : 'revoke')
    }),
  )
}
