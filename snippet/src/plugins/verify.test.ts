import { afterEach, describe, expect, test, vi } from 'vitest'
import { denyAccess, resetBrowser, setCookie, setValue, visit } from '../../../tests/support/snippet/visit.js'

afterEach(() => {
  document.querySelector('tagferry-badge')?.remove()
  for (const element of document.head.querySelectorAll('script, meta')) element.remove()
  resetBrowser()
})

interface Check {
  site: string
  nonce: string
  report: Record<string, unknown>
}

const respondWith = (status: number) => () => Promise.resolve(new Response(null, { status }))

const check = async (
  fetch: (url: URL, request: RequestInit) => Promise<Response> = respondWith(204),
  url = 'https://www.shop.example/?tagferry_verify=nonce-1&ttclid=abc',
  before?: () => void,
) => {
  const spy = vi.fn(fetch)
  await visit({
    script: 'full',
    url,
    data: { siteKey: 'pk_1', pageview: 'off' },
    before: () => {
      setValue(window, 'fetch', spy)
      before?.()
    },
  })
  await vi.advanceTimersByTimeAsync(3000)
  const call = spy.mock.calls.find(([to]) => `${to}`.endsWith('/verify'))
  const badge = document.querySelector('tagferry-badge')
  return {
    to: `${call?.[0]}`,
    request: call?.[1],
    body: call && (JSON.parse(`${call[1].body}`) as Check),
    badge: badge?.shadowRoot?.textContent ?? '',
    close: () => badge?.shadowRoot?.querySelector('button')?.click(),
  }
}

describe('the installation check', () => {
  test('posts a report about the page to the URL beside the endpoint', async () => {
    const { to, request, body, badge } = await check()
    expect(to).toBe('https://www.shop.example/tagferry/verify')
    expect(request).toMatchObject({ method: 'POST', credentials: 'omit' })
    expect(request).not.toHaveProperty('headers')
    expect(body).toMatchObject({ site: 'shop.example', nonce: 'nonce-1' })
    expect(body?.report).toMatchObject({
      site: 'shop.example',
      site_key: 'pk_1',
      origin: 'https://www.shop.example',
      cookie_domain: 'shop.example',
      storage: true,
      gpc: 'unknown',
      consent: 'nobody=grant',
      ttclid_seen: true,
      ttclid_kept: true,
      violations: '',
      webdriver: false,
      clock: expect.any(Number),
    })
    expect(badge).toBe('')
  })

  test('contains only strings, numbers and booleans, in less than 4 kB', async () => {
    const long = 'x'.repeat(3000)
    const { request, body } = await check(respondWith(204), undefined, () => {
      setTimeout(() => {
        for (let count = 0; count < 50; count++)
          document.dispatchEvent(
            Object.assign(new Event('securitypolicyviolation'), {
              effectiveDirective: 'img-src',
              blockedURI: long + count,
            }),
          )
      }, 500)
    })
    expect(`${request?.body}`.length).toBeLessThan(4000)
    for (const value of Object.values(body?.report ?? {}))
      expect(['string', 'number', 'boolean']).toContain(typeof value)
  })

  test('reports the tag, its copies, the referrer policy, GPC and automation', async () => {
    const { body } = await check(respondWith(204), undefined, () => {
      for (let count = 0; count < 2; count++) {
        const tag = document.createElement('script')
        tag.dataset.site = 'shop.example'
        tag.type = 'text/plain'
        tag.defer = true
        tag.async = false
        document.head.append(tag)
      }
      const policy = document.createElement('meta')
      policy.name = 'referrer'
      policy.content = 'no-referrer'
      document.head.append(policy)
      setValue(navigator, 'globalPrivacyControl', true)
      setValue(navigator, 'webdriver', true)
    })
    expect(body?.report).toMatchObject({
      tag_in: 'head',
      tag_loading: 'defer',
      copies: 2,
      referrer_policy: 'no-referrer',
      gpc: true,
      webdriver: true,
    })
  })

  test('works without storage, and removes its test entries', async () => {
    setCookie('mine=1')
    await check()
    expect(document.cookie).not.toContain('tagferry_check')
    expect(localStorage.getItem('tagferry_check')).toBeNull()
    const { body } = await check(respondWith(204), undefined, () => {
      denyAccess(document, 'cookie')
      denyAccess(window, 'localStorage')
    })
    expect(body?.report).toMatchObject({ cookie_domain: '', storage: false, ttclid_kept: true })
  })

  test('runs only if the address contains the parameter', async () => {
    expect((await check(respondWith(204), 'https://www.shop.example/')).body).toBeUndefined()
  })
})

describe('a report that cannot be sent', () => {
  const fail = () => Promise.reject(new TypeError('Failed to fetch'))

  test('because of a Content-Security-Policy shows a badge with the line to add', async () => {
    const { badge } = await check(() => {
      document.dispatchEvent(
        Object.assign(new Event('securitypolicyviolation'), {
          effectiveDirective: 'connect-src',
          blockedURI: 'https://www.shop.example/tagferry/verify',
        }),
      )
      return fail()
    })
    expect(badge).toContain('Content-Security-Policy')
    expect(badge).toContain('connect-src https://www.shop.example')
  })

  test.each([
    ['status 404', respondWith(404), 'no collector'],
    ['status 500', respondWith(500), 'answered 500'],
    ['a blocker', fail, 'ad-blocker'],
  ])('because of %s shows a badge with the cause', async (_cause, fetch, text) => {
    const { badge } = await check(fetch)
    expect(badge).toContain(text)
    expect(badge).toContain('https://www.shop.example/tagferry/verify')
  })

  test('shows a badge that can be closed', async () => {
    const { close } = await check(fail)
    close()
    expect(document.querySelector('tagferry-badge')).toBeNull()
  })
})
