// Starts a collector with a dashboard password, logs in, and submits forms as a browser does.

import { type Collector, startCollector } from './collector.js'
import { type Answer, call } from './http.js'
import { startTikTok, type TikTok } from './tiktok.js'
import { waitFor } from './wait.js'

export const password = 'seven small ships at sea'
export const pixelCode = 'CHRTV0567FRME7OQ5DI0'

export interface Dashboard {
  collector: Collector
  tiktok: TikTok
  /** Origin of the dashboard. */
  origin: string
  /** Gets a page with the cookie of the session. */
  get(path: string): Promise<Answer>
  /** Submits a form of the page, with the page's CSRF token. */
  submit(path: string, action: string, fields?: Record<string, string>): Promise<Answer>
  /** Submits a form and gives the page to which it redirects. Throws if the form is refused. */
  submitAndFollow(path: string, action: string, fields?: Record<string, string>): Promise<Answer>
  /** Cookie of the session. */
  cookie: string
  stop(): Promise<void>
}

/**
 * @param env further settings of the collector
 * @param answer what TikTok answers; without it every request is accepted
 */
export async function startDashboard(
  env: Record<string, string> = {},
  answer?: Parameters<typeof startTikTok>[0],
): Promise<Dashboard> {
  const tiktok = await startTikTok(answer)
  const collector = await startCollector({
    env: { TAGFERRY_TIKTOK_URL: tiktok.origin, TAGFERRY_ADMIN_PASSWORD: password, ...env },
  })
  const origin = await dashboardOrigin(collector)
  const cookie = await logIn(origin)
  const get = (path: string) => call(origin, { path, headers: { cookie } })
  const dashboard: Dashboard = {
    collector,
    tiktok,
    origin,
    cookie,
    get,
    async submit(path, action, fields = {}) {
      const csrf = csrfOf((await get(path)).text)
      return postForm(origin, path, { csrf, action, ...fields }, { cookie })
    },
    async submitAndFollow(path, action, fields) {
      const answered = await dashboard.submit(path, action, fields)
      if (answered.status !== 303)
        throw new Error(`${action} was answered ${answered.status}: ${answered.text}`)
      return get(String(answered.headers.location))
    },
    async stop() {
      await collector.stop()
      await tiktok.close()
    },
  }
  return dashboard
}

/** Origin of the dashboard, as the collector logs it. */
export const dashboardOrigin = (collector: Collector): Promise<string> =>
  waitFor(
    'the address of the dashboard',
    () => /Dashboard: (http:\/\/\S+)\/admin\n/.exec(collector.log())?.[1],
  )

export const postForm = (
  origin: string,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) =>
  call(origin, {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin, ...headers },
    body: new URLSearchParams(fields).toString(),
  })

/** @returns the cookie of the session */
export async function logIn(origin: string, attempt = password): Promise<string> {
  const { status, headers } = await postForm(origin, '/admin/login', { password: attempt })
  const cookies = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0] ?? '')
  if (status !== 303) throw new Error(`The login was answered ${status}.`)
  return cookies.join('; ')
}

/** The CSRF token of a page's forms. */
export const csrfOf = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''

/** The link with which a new collector lets its owner set a password, as the collector logs it. */
export const setupLink = (collector: Collector): Promise<string> =>
  waitFor('the setup link', () => /(http:\S+setup\?token=\S+)/.exec(collector.log())?.[1])

/** Sets up a domain: adds it, connects TikTok and enables TikTok. */
export async function connectDomain(
  dashboard: Dashboard,
  domain = 'shop.example',
  accessToken = 'token-1',
): Promise<void> {
  await dashboard.submitAndFollow('/admin/domains', 'add', { domain })
  await dashboard.submitAndFollow(`/admin/connections?site=${domain}`, 'save', {
    vendor: 'tiktok',
    seen: '0',
    accessToken,
    pixelCode,
  })
  await dashboard.submitAndFollow(`/admin/configuration?site=${domain}`, 'save', {
    vendor: 'tiktok',
    enabled: 'on',
  })
}
