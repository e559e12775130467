/** Tests which requests are landings, and the cookie of their answer. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, it, vi } from 'vitest'
import { type CaptureOptions, captureClickId } from '../collector/src/express.js'

interface Landing {
  url?: string
  method?: string
  headers?: Record<string, string>
}

function cookieOf(
  { url = '/?ttclid=E.C.P.new', method = 'GET', headers = {} }: Landing,
  options?: CaptureOptions,
): string | undefined {
  const request = Object.assign(new IncomingMessage(new Socket()), { url, method })
  Object.assign(request.headers, { host: 'www.shop.example', ...headers })
  const response = new ServerResponse(request)
  const next = vi.fn()
  captureClickId(options)(request, response, next)
  expect(next).toHaveBeenCalledExactlyOnceWith()
  return (response.getHeader('set-cookie') as string[] | undefined)?.toString()
}

it('keeps the click id of a landing on the whole site', () => {
  expect(cookieOf({})).toMatch(
    /^tagferry_ttclid=E\.C\.P\.new~\d{13}; Max-Age=2592000; Domain=shop\.example; Path=\/; Secure; SameSite=Lax$/,
  )
})

it.each([
  ['no click id', { url: '/' }],
  ['an empty click id', { url: '/?ttclid=' }],
  ['a placeholder', { url: '/?ttclid=__CLICKID__' }],
  ['an invalid click id', { url: '/?ttclid=a%3BDomain%3Devil.com' }],
  ['a line break', { url: '/?ttclid=a%0d%0aSet-Cookie:x=1' }],
  ['a click id that is too long', { url: `/?ttclid=${'a'.repeat(1_001)}` }],
  ['another name', { url: '/?xttclid=E.C.P.new' }],
  ['no query', { url: '/ttclid=E.C.P.new' }],
  ['a broken query', { url: '/?ttclid=%' }],
  ['a POST request', { method: 'POST' }],
  ['an image', { headers: { 'sec-fetch-dest': 'image' } }],
  ['a visitor who opted out', { headers: { cookie: 'tagferry_optout=1' } }],
  ['a host without registrable domain', { headers: { host: 'localhost:3000' } }],
  ['an IP address', { headers: { host: '127.0.0.1:3000' } }],
  ['an invalid host', { headers: { host: 'a b' } }],
])('sets nothing for %s', (_what, landing) => {
  expect(cookieOf(landing)).toBeUndefined()
})

it.each([
  ['among other parameters', { url: '/shoes?a=1&ttclid=E.C.P.new&b=2' }],
  ['after a placeholder', { url: '/?ttclid=__CLICKID__&ttclid=E.C.P.new' }],
  ['for a page, as the browser says', { headers: { 'sec-fetch-dest': 'document' } }],
])('finds it %s', (_where, landing) => {
  expect(cookieOf(landing)).toMatch(/^tagferry_ttclid=E\.C\.P\.new~/)
})

it('keeps the age of an old click, and prefers a new one', () => {
  const at = Date.now() - 86_400_000
  const headers = (id: string) => ({ cookie: `tagferry_ttclid=${id}~${at}` })
  expect(cookieOf({ headers: headers('E.C.P.new') })).toMatch(
    RegExp(`E\\.C\\.P\\.new~${at}; Max-Age=2505\\d{3};`),
  )
  expect(cookieOf({ headers: headers('E.C.P.old') })).toMatch(/E\.C\.P\.new~\d{13}; Max-Age=2592000;/)
})

it('keeps it for the given days, and only where allowed', () => {
  expect(cookieOf({}, { days: 7 })).toContain('Max-Age=604800')
  const allowed = (request: IncomingMessage) => /\bconsent=yes\b/.test(request.headers.cookie ?? '')
  expect(cookieOf({}, { allowed })).toBeUndefined()
  expect(cookieOf({ headers: { cookie: 'consent=yes' } }, { allowed })).toMatch(/^tagferry_ttclid=/)
})
