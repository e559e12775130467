import { afterEach, expect, test, vi } from 'vitest'
import { resetBrowser, settle, setValue, startOfTest, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const required = { consent: 'required' }
const landing = 'https://www.shop.example/?ttclid=abc'

test('nothing is stored or sent before consent', async () => {
  const write = vi.spyOn(document, 'cookie', 'set')
  const page = await visit({ url: landing, data: required })
  page.tagferry.track('Lead')
  await settle()
  window.dispatchEvent(new Event('pagehide'))
  await settle()
  expect([page.posts, page.beacons, localStorage.length]).toEqual([[], [], 0])
  expect(write).not.toHaveBeenCalled()
})

test('granting consent sends held events with their original time and the click id of the landing page', async () => {
  const page = await visit({ url: landing, data: required })
  page.tagferry.track('Lead')
  await vi.advanceTimersByTimeAsync(60_000)
  page.tagferry.consent('grant')
  await settle()
  expect(page.sent('Lead')[0]).toMatchObject({
    event_time: startOfTest.getTime() / 1000,
    user: { ttclid: 'abc' },
    privacy: { consent: 'granted' },
  })
})

test('events do not claim consent when consent is not required', async () => {
  const page = await visit()
  await settle()
  expect(page.sent('Pageview')[0]?.privacy).toEqual({})
})

test('a revocation right after the script tag stops its page view', async () => {
  const page = await visit({ url: landing })
  page.tagferry.consent('revoke')
  await settle()
  expect(page.posts).toEqual([])
  expect(document.cookie + localStorage.length).toBe('0')
})

test('revoking empties the storage', async () => {
  const page = await visit({ url: landing, respond: () => new Response('', { status: 503 }) })
  page.tagferry.track('Purchase', { order_id: '1' })
  await settle()
  localStorage.setItem('cart', 'shop data')
  page.tagferry.consent('revoke')
  await settle()
  expect(document.cookie).toBe('')
  expect(Object.keys(localStorage)).toEqual(['cart'])
})

test('a response that arrives after a revocation stores nothing', async () => {
  const page = await visit({
    respond: async () => {
      await new Promise((done) => setTimeout(done, 1000))
      return new Response('{}', { status: 202 })
    },
  })
  page.tagferry.track('Purchase', { order_id: '1' })
  await settle()
  page.tagferry.consent('revoke')
  await vi.advanceTimersByTimeAsync(2000)
  expect(localStorage.length).toBe(0)
})

test('events after a revocation are dropped with a reason', async () => {
  const page = await visit({ data: { pageview: 'off' } })
  const reasons: unknown[] = []
  page.tagferry.on('skipped', (event, reason) => reasons.push([event.event, reason]))
  page.tagferry.consent('revoke')
  page.tagferry.track('Lead')
  page.tagferry.consent('grant')
  await settle()
  expect(page.posts).toEqual([])
  expect(reasons).toEqual([['Lead', 'consent']])
})

test('events are held until consent is granted again', async () => {
  const page = await visit({ data: { pageview: 'off' } })
  page.tagferry.consent('hold')
  page.tagferry.track('Lead')
  await settle()
  expect(page.posts).toEqual([])
  page.tagferry.consent('grant')
  await settle()
  expect(page.names()).toEqual(['Lead'])
})

test('a misspelt answer holds events', async () => {
  const page = await visit()
  page.tagferry.consent('granted' as never)
  await settle()
  expect(page.posts).toEqual([])
})

test('an answer that cannot be converted to text is ignored', async () => {
  const errors = vi.fn()
  window.addEventListener('error', errors)
  const page = await visit()
  page.tagferry.consent({ toString: 1 } as never)
  await settle()
  window.dispatchEvent(new Event('pagehide'))
  window.removeEventListener('error', errors)
  expect(errors).not.toHaveBeenCalled()
  expect(page.names()).toEqual(['Pageview'])
})

test('an event carries Global Privacy Control', async () => {
  const page = await visit({ before: () => setValue(navigator, 'globalPrivacyControl', true) })
  await settle()
  expect(page.sent('Pageview')[0]?.privacy).toEqual({ gpc: true })
})
