/** The dashboard's check of an installation: what this page is like, told to the collector that asked. */
import type { Settings } from '../settings.js'
import { showBadge } from './badge.js'
import type { Part } from './plugin.js'

export const version = '0.1.0'

/** Texts, numbers, booleans: the collector shows them as they are. */
export type Report = Record<string, string | number | boolean>

const key = 'tagferry_check'

/** The shortest domain that keeps a cookie, `''` when none does. Leaves nothing behind. */
const cookieDomain = (): string => {
  const labels = location.hostname.split('.')
  for (let first = labels.length; first--; )
    try {
      const domain = labels.slice(first).join('.')
      const set = (maxAge: number) => {
        // biome-ignore lint/suspicious/noDocumentCookie: the round trip of exactly this is what is asked.
        document.cookie = `${key}=1; Domain=${domain}; Path=/; Max-Age=${maxAge}; SameSite=Lax`
      }
      set(60)
      const isKept = document.cookie.includes(`${key}=1`)
      set(0)
      if (isKept) return domain
    } catch {}
  return ''
}

const canStore = () => {
  try {
    localStorage.setItem(key, '1')
    localStorage.removeItem(key)
    return true
  } catch {
    return false
  }
}

/** The script tags of this snippet, whatever the file is called. */
const findTags = (folder: string) =>
  [...document.scripts].filter(
    ({ src, dataset }) =>
      dataset.site !== undefined || (src.startsWith(folder) && /\/t(\.\w+)?\.js$/.test(src)),
  )

const howLoaded = (tag: HTMLScriptElement | undefined) =>
  !tag ? 'module' : tag.type === 'module' ? 'module' : tag.async ? 'async' : tag.defer ? 'defer' : 'blocking'

const createReport = (
  settings: Settings,
  clickEntry: string,
  answers: Record<string, string>,
  violations: string[],
): Report => {
  const tags = findTags(new URL('.', import.meta.url).href)
  const page = navigator as { globalPrivacyControl?: boolean }
  return {
    version,
    site: settings.site,
    site_key: settings.siteKey ?? '',
    origin: location.origin,
    tag_in: tags[0]?.closest('head') ? 'head' : tags[0] ? 'body' : '',
    tag_loading: howLoaded(tags[0]),
    copies: tags.length,
    cookie_domain: cookieDomain(),
    storage: canStore(),
    gpc: page.globalPrivacyControl ?? 'unknown',
    consent: Object.entries(answers)
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

/** Why the report has not arrived, and what to change. */
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
  return ['An ad-blocker, a firewall or a wrong host name keeps the collector away:', collector.href]
}

/** Violations are told late, and consent platforms answer late. */
const patienceMs = 1500

export const start: Part['start'] = async (_tagferry, settings, clickEntry, _land, _isGranted, answers) => {
  const violations: string[] = []
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
    const violation = `${effectiveDirective} ${blockedURI}`
    if (!violations.includes(violation)) violations.push(violation)
  })
  await new Promise((done) => setTimeout(done, patienceMs))
  const collector = new URL('verify', new URL(settings.endpoint, location.href))
  const { site, verify: nonce } = settings
  const report = () => createReport(settings, clickEntry(), answers, violations)
  const response = await fetch(collector, {
    method: 'POST',
    body: JSON.stringify({ site, nonce, report: report() }),
    credentials: 'omit',
  }).catch(() => undefined)
  if (response?.ok) return
  await new Promise((done) => setTimeout(done))
  showBadge(...findCause(collector, response?.status, violations))
  if (response) return
  // Where no request may leave, a script may still be loaded from where this one came.
  const told = { site, nonce: nonce ?? '', report: JSON.stringify(report()) }
  await import(/* @vite-ignore */ `${collector}?${new URLSearchParams(told)}`).catch(() => {})
}
