import { afterEach, expect, test, vi } from 'vitest'
import { denyAccess, resetBrowser, settle, visit } from '../../tests/support/snippet/visit.js'
import { readValues } from './storage.js'

afterEach(resetBrowser)

test('readValues returns every value of a name in a cookie string', () => {
  expect(readValues('a', 'a=1; b=2; a=3; xa=4; a_b=5')).toEqual(['1', '3'])
})

test('events are sent from memory in a sandboxed frame', async () => {
  const page = await visit({
    url: 'https://www.shop.example/?ttclid=abc',
    before: () => {
      denyAccess(document, 'cookie')
      denyAccess(window, 'localStorage')
    },
  })
  page.tagferry.track('Lead')
  await settle()
  expect(page.names()).toEqual(['Pageview', 'Lead'])
  expect(page.sent('Lead')[0]?.user?.ttclid).toBe('abc')
  expect(page.posts).toHaveLength(1)
})

test('events are sent once when the storage quota is full', async () => {
  const page = await visit({
    data: { pageview: 'off' },
    before: () => {
      vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('', 'QuotaExceededError')
      })
      const full = new Proxy(localStorage, {
        set() {
          throw new DOMException('', 'QuotaExceededError')
        },
      })
      Object.defineProperty(window, 'localStorage', { value: full, configurable: true })
    },
  })
  page.tagferry.track('Lead')
  await settle()
  page.tagferry.track('Search')
  await settle()
  expect(page.names()).toEqual(['Lead', 'Search'])
})

test('the cookie on https is Secure, SameSite=Lax and valid for the whole site', async () => {
  const write = vi.spyOn(document, 'cookie', 'set')
  await visit({ url: 'https://www.shop.example/?ttclid=abc' })
  await settle()
  expect(write.mock.lastCall?.[0]).toMatch(
    /^tagferry_ttclid=abc~\d+; Domain=shop\.example; Path=\/; Max-Age=2592000; SameSite=Lax; Secure$/,
  )
})

test('the cookie is not Secure on plain http', async () => {
  const write = vi.spyOn(document, 'cookie', 'set')
  await visit({ url: 'http://www.shop.example/?ttclid=abc' })
  await settle()
  expect(write.mock.lastCall?.[0]).toMatch(/SameSite=Lax$/)
})
