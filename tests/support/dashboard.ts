// Starts a collector with a password for tests of the dashboard, logs in, and submits forms as a browser does.

import { type Collector, startCollector } from './collector.js'
import { type Answer, call, until } from './http.js'
import { startTikTok, type TikTok } from './tiktok.js'

export const password = 'seven small ships at sea'
export const pixelCode = 'CHRTV0567FRME7OQ5DI0'

export interface Dashboard {
  collector: Collector
  tiktok: TikTok
  /** Where the dashboard is. */
  origin: string
  /** With the session's cookie. */
  get(path: string): Promise<Answer>
  /** Fills in the page's form and sends it: the token of the page goes with it. */
  submit(path: string, action: string, fields?: Record<string, string>): Promise<Answer>
  /** Sends it and follows to the page that comes after. */
  submitAndFollow(path: string, action: string, fields?: Record<string, string>): Promise<Answer>
  cookie: string
  stop(): Promise<void>
}

/** @param env further settings; `answer` is what TikTok says */
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
      const { text } = await get(path)
      const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
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

/** Where the collector says that its dashboard is. */
export const dashboardOrigin = (collector: Collector): Promise<string> =>
  until('the address of the dashboard', () => /Dashboard: (http:\/\/\S+)\/admin\n/.exec(collector.log())?.[1])

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

/** @returns the session's cookie */
export async function logIn(origin: string, attempt = password): Promise<string> {
  const { status, headers } = await postForm(origin, '/admin/login', { password: attempt })
  const cookies = [headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0] ?? '')
  if (status !== 303) throw new Error(`The log-in was answered ${status}.`)
  return cookies.join('; ')
}

/** Sets a domain up as the owner does: adds it, connects TikTok, enables it. */
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
