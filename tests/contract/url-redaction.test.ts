// Tests what is removed from page URLs before they are stored and sent: e-mails, phone numbers, tokens.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestSystem, type TestSystem } from '../support/test-system.js'

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

const at = 'https://shop.example/thanks'

/** Posts a URL as page and as referrer; gives it as TikTok receives it. */
async function sent(url: string) {
  const { page } = await system.delivered({ page: { url, referrer: url } })
  expect(page?.referrer).toBe(page?.url)
  return page?.url
}

it.each([
  'email=jane@example.com',
  'email=jane%40example.com',
  'EMAIL=jane%40example.com',
  'e%6Dail=x%40example.com',
  'q=jane%40example.com',
  'q=jane%2540example.com',
  'q=mailto:jane@example.com',
  'q=Jane+%3Cjane%40example.com%3E',
  'jane@example.com',
  'jane%40example.com=1',
  'utm_content=jane%40example.com',
  'user[email]=jane%40example.com',
  'next=%2Faccount%3Femail%3Djane%40example.com',
  'q=j%C3%A4ne%40example.com',
  'phone=4155551234',
  'q=%2B14155551234',
  'q=%2B1+415+555+1234',
  'q=%2B1%20%28415%29%20555-1234',
  'q=0044+20+7946+0018',
  'q=(415)%20555-1234',
  'tel=415-555-1234',
  'utm_content=%2B1+415+555+1234',
  'token=abc',
  'access_token=abc',
  'reset_token=abc',
  'password=hunter2',
  'session=abc',
  'q=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
  'q=0123456789abcdef0123456789abcdef',
  'q=made_up_token_0123456789abcdef0123456789ab',
])('%s is removed', async (parameter) => {
  expect(await sent(`${at}?a=1&${parameter}&b=2`)).toBe(`${at}?a=1&b=2`)
  expect(await sent(`${at}?${parameter}`)).toBe(at)
})

it.each([
  '',
  '?ttclid=E.C.P.v3fQ2RHacdksKfofPmlyuStIIHJ4Af1tKYxF9zz2c2PLx1Oaw15oHpcfl5AH',
  '?utm_source=tiktok&utm_medium=paid&utm_campaign=spring_2026&utm_id=1807012345678901',
  '?variant=40123456789012',
  '?order_id=1001&value=49.90&currency=USD',
  '?q=red+shoes&page=2&sort=price-asc',
  '?q=caf%C3%A9&empty=&flag',
  '?broken=%E0%A4%A&b=1',
  '#reviews',
])('everything else stays unchanged: %s', async (rest) => {
  expect(await sent(at + rest)).toBe(at + rest)
})

it('user and password are removed', async () => {
  const url = await sent('https://jane:hunter2@shop.example/thanks')
  expect(url).toBe('https://shop.example/thanks')
})

it('the Referer is redacted like any other URL', async () => {
  const { page } = await system.delivered({}, { headers: { referer: `${at}?email=jane%40example.com&a=1` } })
  expect(page?.url).toBe(`${at}?a=1`)
})
