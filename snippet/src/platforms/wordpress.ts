/** WP Consent API, which WordPress' cookie banners speak: https://github.com/WordPress/wp-consent-level-api */
import { attempt } from '../logger.js'
import { say } from './set-consent.js'

interface WordpressWindow {
  wp_has_consent?: (category: string) => unknown
  /** `optin` or `optout`; where a hook is awaited, it comes late. */
  wp_consent_type?: string
  waitfor_consent_hook?: unknown
}

let isAnswered = false

/** `false` is said of a visitor who was not asked yet, too. */
export const readWordpress = () => {
  const page = window as WordpressWindow
  if (isAnswered || !page.wp_has_consent) return
  say('wp', 'hold')
  if ((page.wp_consent_type || !page.waitfor_consent_hook) && page.wp_has_consent('marketing') === true)
    say('wp', 'grant')
}

export const watchWordpress = () => {
  document.addEventListener('wp_consent_type_defined', readWordpress)
  document.addEventListener('wp_listen_for_consent_change', (event) =>
    attempt(() => {
      const { marketing } = (event as CustomEvent).detail
      if (!marketing) return
      isAnswered = true
      say('wp', marketing === 'allow' ? 'grant' : 'revoke')
    }),
  )
}
