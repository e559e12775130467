import { afterEach, describe, expect, test, vi } from 'vitest'
import { forbid, forgetVisits, setCookie, setValue, visit } from '../../testing/visit.js'

afterEach(() => {
  document.querySelector('tagferry-badge')?.remove()
  for (const element of document.head.querySelectorAll('script, meta')) element.remove()
  forgetVisits()
})

interface Check {
  site: string
  nonce: string
  report: Record<string, unknown>
}

const answers = (status: number) => () => Promise.resolve(new Response(null, { status }))

const check = async (
  fetch: (url: URL, request: RequestInit) => Promise<Response> = answers(204),
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

describe('the check of an installation', () => {
  test('tells the collector beside the endpoint what the page is like', async () => {
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

  test('says nothing but texts, numbers and booleans, in less than 4 kB', async () => {
    const long = 'x'.repeat(3000)
    const { request, body } = await check(answers(204), undefined, () => {
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

  test('sees the tag, its copies, the referrer policy, signals and automation', async () => {
    const { body } = await check(answers(204), undefined, () => {
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

  test('works where nothing can be stored, and leaves no trace where it can', async () => {
    setCookie('mine=1')
    await check()
    expect(document.cookie).not.toContain('tagferry_check')
    expect(localStorage.getItem('tagferry_check')).toBeNull()
    const { body } = await check(answers(204), undefined, () => {
      forbid(document, 'cookie')
      forbid(window, 'localStorage')
    })
    expect(body?.report).toMatchObject({ cookie_domain: '', storage: false, ttclid_kept: true })
  })

  test('is made only when the address asks for it', async () => {
    expect((await check(answers(204), 'https://www.shop.example/')).body).toBeUndefined()
  })
})

describe('a report that cannot leave', () => {
  const refuse = () => Promise.reject(new TypeError('Failed to fetch'))

  test('for a Content-Security-Policy: the badge says which line to add', async () => {
    const { badge } = await check(() => {
      document.dispatchEvent(
        Object.assign(new Event('securitypolicyviolation'), {
          effectiveDirective: 'connect-src',
          blockedURI: 'https://www.shop.example/tagferry/verify',
        }),
      )
      return refuse()
    })
    expect(badge).toContain('Content-Security-Policy')
    expect(badge).toContain('connect-src https://www.shop.example')
  })

  test.each([
    ['404', answers(404), 'no collector'],
    ['500', answers(500), 'answered 500'],
    ['a blocker', refuse, 'ad-blocker'],
  ])('for %s: the badge names the cause', async (_what, fetch, words) => {
    const { badge } = await check(fetch)
    expect(badge).toContain(words)
    expect(badge).toContain('https://www.shop.example/tagferry/verify')
  })

  test('the badge can be closed', async () => {
    const { close } = await check(refuse)
    close()
    expect(document.querySelector('tagferry-badge')).toBeNull()
  })
})
