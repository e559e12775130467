/** Runs the dashboard's installation check: reports to the collector how the script is installed on this page. */
import type { Settings } from '../settings.js'
import { showBadge } from './badge.js'
import type { Plugin } from './plugin.js'

export const version = '0.1.0'

/** Flat, because the collector shows the values unchanged. */
export type Report = Record<string, string | number | boolean>

const key = 'tagferry_check'

/** Returns the shortest domain that keeps a cookie, or `''`. Removes its test cookie. */
const findCookieDomain = (): string => {
  const labels = location.hostname.split('.')
  for (let first = labels.length; first--; )
    try {
      const domain = labels.slice(first).join('.')
      const set = (maxAge: number) => {
        // biome-ignore lint/suspicious/noDocumentCookie: this is the API under test.
        document.cookie = `${key}=1; Domain=${domain}; Path=/; Max-Age=${maxAge}; SameSite=Lax`
      }
      set(60)
      const isStored = document.cookie.includes(`${key}=1`)
      set(0)
      if (isStored) return domain
    } catch {}
  return ''
}

const hasLocalStorage = () => {
  try {
    localStorage.setItem(key, '1')
    localStorage.removeItem(key)
    return true
  } catch {
    return false
  }
}

/** Finds the script tags of tagferry, even when the file has another name. */
const findTags = (folder: string) =>
  [...document.scripts].filter(
    ({ src, dataset }) =>
      dataset.site !== undefined || (src.startsWith(folder) && /\/t(\.\w+)?\.js$/.test(src)),
  )

const getLoading = (tag: HTMLScriptElement | undefined) =>
  !tag ? 'module' : tag.type === 'module' ? 'module' : tag.async ? 'async' : tag.defer ? 'defer' : 'blocking'

const createReport = (
  settings: Settings,
  clickEntry: string,
  consentBySource: Record<string, string>,
  violations: string[],
): Report => {
  const tags = findTags(new URL('.', import.meta.url).href)
  const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean }
  return {
    version,
    site: settings.site,
    site_key: settings.siteKey ?? '',
    origin: location.origin,
    tag_in: tags[0]?.closest('head') ? 'head' : tags[0] ? 'body' : '',
    tag_loading: getLoading(tags[0]),
    copies: tags.length,
    cookie_domain: findCookieDomain(),
    storage: hasLocalStorage(),
    gpc: globalPrivacyControl ?? 'unknown',
    consent: Object.entries(consentBySource)
      .map((entry) => entry.join('='))
      .join(' ')
      .slice(0, 300),
    ttclid_seen: /[?&#]ttclid=./.test(location.href),
    ttclid_kept: !clickEntry.startsWith('~'),
    referrer_policy: document.querySelector<HTMLMetaElement>('meta[name="referrer"]')?.content ?? '',
    violations: violations.join(' ').slice(0, 1000),
    webdriver: navigator.webdriver === true,
    clock: Date.now(),
  }
}

/** Explains why the report has not arrived: the cause, and what to change or to look at. */
const findCause = (collector: URL, status: number | undefined, violations: string[]): [string, string?] => {
  if (
    violations.some((violation) => violation.startsWith('connect-src') || violation.startsWith('default-src'))
  )
    return [
      "This page's Content-Security-Policy blocks the collector. Add:",
      `connect-src ${collector.origin}`,
    ]
  if (location.protocol === 'https:' && collector.protocol === 'http:')
    return ['A page on https may not post to a collector on http:', collector.origin]
  if (status === 404) return ['There is no collector at this address:', collector.href]
  if (status) return [`The collector answered ${status}:`, collector.href]
  return ['An ad-blocker, a firewall or a wrong host name blocks the collector:', collector.href]
}

/** Violations are reported late, and consent platforms respond late. */
const reportDelayMs = 1500

const wait = (ms?: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Returns a list that grows with each new violation of the page's Content-Security-Policy. */
const collectViolations = (): string[] => {
  const violations: string[] = []
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    const violation = `${effectiveDirective} ${blockedURI}`
    if (!violations.includes(violation)) violations.push(violation)
  })
  return violations
}

export const start: Plugin['start'] = async (
  _tagferry,
  settings,
  getClickEntry,
  _addCapturedClick,
  _isGranted,
  consentBySource,
) => {
  const violations = collectViolations()
  await wait(reportDelayMs)
  const url = new URL('verify', new URL(settings.endpoint, location.href))
  const { site, verify: nonce } = settings
  const report = () => createReport(settings, getClickEntry(), consentBySource, violations)
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ site, nonce, report: report() }),
    credentials: 'omit',
  }).catch(() => undefined)
  if (response?.ok) return
  // The violation of this very request is reported in a later task.
  await wait()
  showBadge(...findCause(url, response?.status, violations))
  if (response) return
  // If requests are blocked, a script may still be loaded from the collector's origin.
  const parameters = { site, nonce: nonce ?? '', report: JSON.stringify(report()) }
  await import(/* @vite-ignore */ `${url}?${new URLSearchParams(parameters)}`).catch(() => {})
}
