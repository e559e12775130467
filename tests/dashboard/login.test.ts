// Tests access to the dashboard: login, setup link, password change, and protection against forged requests.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCollector } from '../support/collector.js'
import {
  csrfOf,
  type Dashboard,
  logIn,
  password,
  postForm,
  setupLink,
  startDashboard,
} from '../support/dashboard.js'
import { call } from '../support/http.js'
import { pagePaths } from '../support/page-paths.js'

const paths = [...pagePaths.map((path) => path.replace('/:id', '/1')), '/admin', '/admin/no-such-page']
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

describe('the dashboard', () => {
  let dashboard: Dashboard
  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard?.stop())

  it.each(paths)('hides %s without a session, for every method', async (path) => {
    for (const method of methods) {
      const { status, headers, text } = await call(dashboard.origin, {
        method,
        path,
        headers: { origin: dashboard.origin },
      })
      const sent = status === 303 && headers.location === '/admin/login'
      expect(sent || [401, 403, 404, 405].includes(status), `${method} ${path}: ${status}`).toBe(true)
      expect(text).not.toContain('csrf')
    }
  })

  it.each(paths)('shows %s to its owner, with security headers', async (path) => {
    const { status, headers } = await dashboard.get(path)
    expect([200, 404]).toContain(status)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
    expect(headers['strict-transport-security']).toContain('max-age=31536000')
    const policy = String(headers['content-security-policy'])
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ])
      expect(policy).toContain(part)
    expect(policy).not.toContain('unsafe')
    expect(headers['x-powered-by']).toBeUndefined()
  })

  it('changes nothing for a form without its token, with another token, or from another origin', async () => {
    const fields = { action: 'add', domain: 'forged.example' }
    const { cookie, origin } = dashboard
    const csrf = csrfOf((await dashboard.get('/admin/domains')).text)
    const tries = [
      postForm(origin, '/admin/domains', fields, { cookie }),
      postForm(origin, '/admin/domains', { ...fields, csrf: `${csrf}x` }, { cookie }),
      postForm(origin, '/admin/domains', { ...fields, csrf }, { cookie, origin: 'https://evil.example' }),
      postForm(origin, '/admin/domains', { ...fields, csrf }, { cookie, origin: 'null' }),
      postForm(origin, '/admin/domains', { ...fields, csrf }, { cookie, 'sec-fetch-site': 'cross-site' }),
      postForm(origin, '/admin/domains', { ...fields, csrf }, { cookie, 'sec-fetch-site': 'same-site' }),
      postForm(origin, '/admin/domains', { ...fields, csrf }),
    ]
    expect((await Promise.all(tries)).map(({ status }) => status)).toEqual([
      403, 403, 403, 403, 403, 403, 401,
    ])
    expect((await dashboard.get('/admin/domains')).text).not.toContain('forged.example')
  })

  it.each(paths)('refuses a form at %s without its token', async (path) => {
    const { cookie, origin } = dashboard
    expect((await postForm(origin, path, { action: 'save' }, { cookie })).status).toBe(403)
  })

  it('sets cookies that scripts and other sites cannot use', async () => {
    const { headers } = await postForm(dashboard.origin, '/admin/login', { password })
    for (const line of [headers['set-cookie'] ?? []].flat())
      expect(line).toMatch(/^__Host-[a-z-]+=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Strict/)
  })

  it('ends a session on the server at logout', async () => {
    const cookie = await logIn(dashboard.origin)
    const page = await call(dashboard.origin, { path: '/admin/domains', headers: { cookie } })
    await postForm(dashboard.origin, '/admin/logout', { csrf: csrfOf(page.text) }, { cookie })
    const after = await call(dashboard.origin, { path: '/admin/domains', headers: { cookie } })
    expect(after.headers.location).toBe('/admin/login')
  })

  it('accepts a form of 16 kB, and refuses a larger one', async () => {
    const small = await dashboard.submit('/admin/domains', 'add', { domain: 'x'.repeat(15_000) })
    expect(small.status).toBe(422)
    const large = await dashboard.submit('/admin/domains', 'add', { domain: 'x'.repeat(10_000_000) })
    expect(large.status).toBe(413)
    expect(large.text).toContain('16 kB')
  })

  it('limits wrong passwords, but not for a browser that has logged in before', async () => {
    const guess = (attempt: string, cookie?: string) =>
      postForm(dashboard.origin, '/admin/login', { password: attempt }, cookie ? { cookie } : {})
    const { collector } = dashboard
    const statuses: number[] = []
    for (let at = 0; at < 7; at++) statuses.push((await guess(`wrong ${at}`)).status)
    expect(statuses.slice(0, 3)).toEqual([401, 401, 401])
    expect(statuses.at(-1)).toBe(429)
    expect((await guess(password)).status).toBe(429)
    // A trusted browser has attempts of its own.
    expect((await guess(password, dashboard.cookie)).status).toBe(303)
    expect(collector.log()).not.toContain(password)
  })
})

describe('a new collector', () => {
  it('sets a password once by its setup link, and keeps it over a restart', async () => {
    const first = await startCollector()
    const { origin, pathname, search } = new URL(await setupLink(first))
    const token = new URLSearchParams(search).get('token') ?? ''
    expect((await call(origin, { path: '/admin/login' })).text).toContain('No password has been set yet')
    expect((await call(origin, { path: pathname + search })).text).toContain('Choose a password')
    const set = (fields: Record<string, string>) => postForm(origin, '/admin/setup', { token, ...fields })
    expect((await set({ password: 'short', again: 'short' })).text).toContain('at least 8 characters')
    expect((await set({ password, again: 'another one entirely' })).text).toContain('not the same')
    const entered = await set({ password, again: password })
    expect(entered.headers.location).toBe('/admin')
    expect((await set({ password, again: password })).status).toBe(403)
    expect((await call(origin, { path: pathname + search })).status).toBe(403)
    await first.stop()
    const second = await startCollector({ dataDir: first.dataDir })
    expect(await logIn(second.origin)).toContain('__Host-tagferry=')
    expect(second.log()).not.toContain('/setup?')
    await second.stop()
  })

  it('ends all sessions when the password changes', async () => {
    const collector = await startCollector()
    const token = new URL(await setupLink(collector)).searchParams.get('token') ?? ''
    const { origin } = collector
    await postForm(origin, '/admin/setup', { token, password, again: password })
    const cookies = [await logIn(origin), await logIn(origin)]
    const page = await call(origin, { path: '/admin/account', headers: { cookie: cookies[0] } })
    const csrf = csrfOf(page.text)
    const next = 'eight other boats in a harbour'
    const change = (old: string) =>
      postForm(
        origin,
        '/admin/account',
        { csrf, action: 'change', old, next, again: next },
        { cookie: cookies[0] ?? '' },
      )
    expect((await change('not this one')).text).toContain('not the present password')
    expect((await change(password)).headers.location).toBe('/admin/login')
    for (const cookie of cookies) {
      const { status } = await call(origin, { path: '/admin/domains', headers: { cookie } })
      expect(status).toBe(303)
    }
    expect(await logIn(origin, next)).toContain('__Host-tagferry=')
    await collector.stop()
  })

  it('serves the dashboard on its own listener only, if one is set', async () => {
    const dashboard = await startDashboard({ TAGFERRY_ADMIN_LISTEN: '127.0.0.1:0' })
    expect(dashboard.origin).not.toBe(dashboard.collector.origin)
    expect((await call(dashboard.collector.origin, { path: '/admin' })).status).toBe(404)
    expect((await call(dashboard.collector.origin, { path: '/metrics' })).status).toBe(404)
    expect((await call(dashboard.origin, { path: '/metrics' })).text).toContain('tagferry_build_info')
    expect((await dashboard.get('/admin/domains')).status).toBe(200)
    await dashboard.stop()
  })
})
