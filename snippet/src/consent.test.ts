import { afterEach, expect, test, vi } from 'vitest'
import { forgetVisits, settle, setValue, startOfTest, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const required = { consent: 'required' }
const landing = 'https://www.shop.example/?ttclid=abc'

test('until consent nothing is stored or sent', async () => {
  const write = vi.spyOn(document, 'cookie', 'set')
  const page = await visit({ url: landing, data: required })
  page.tagferry.track('Lead')
  await settle()
  window.dispatchEvent(new Event('pagehide'))
  await settle()
  expect([page.posts, page.beacons, localStorage.length]).toEqual([[], [], 0])
  expect(write).not.toHaveBeenCalled()
})

test('consent lets go what was held, with its original time and the click id of the landing', async () => {
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

test('without any consent asked for none is claimed', async () => {
  const page = await visit()
  await settle()
  expect(page.sent('Pageview')[0]?.privacy).toEqual({})
})

test('a refusal right behind the script tag stops its page view', async () => {
  const page = await visit({ url: landing })
  page.tagferry.consent('revoke')
  await settle()
  expect(page.posts).toEqual([])
  expect(document.cookie + localStorage.length).toBe('0')
})

test('revoking empties the storage', async () => {
  const page = await visit({ url: landing, answer: () => new Response('', { status: 503 }) })
  page.tagferry.track('Purchase', { order_id: '1' })
  await settle()
  localStorage.setItem('cart', 'theirs')
  page.tagferry.consent('revoke')
  await settle()
  expect(document.cookie).toBe('')
  expect(Object.keys(localStorage)).toEqual(['cart'])
})

test('an answer that comes after revoking writes nothing', async () => {
  const page = await visit({
    answer: async () => {
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

test('after revoking events are dropped, with the reason', async () => {
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

test('holding keeps events until granted again', async () => {
  const page = await visit({ data: { pageview: 'off' } })
  page.tagferry.consent('hold')
  page.tagferry.track('Lead')
  await settle()
  expect(page.posts).toEqual([])
  page.tagferry.consent('grant')
  await settle()
  expect(page.names()).toEqual(['Lead'])
})

test('a misspelt answer sends nothing', async () => {
  const page = await visit()
  page.tagferry.consent('granted' as never)
  await settle()
  expect(page.posts).toEqual([])
})

test('an answer that cannot be read as text breaks nothing later', async () => {
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

test('Global Privacy Control goes with the event', async () => {
  const page = await visit({ before: () => setValue(navigator, 'globalPrivacyControl', true) })
  await settle()
  expect(page.sent('Pageview')[0]?.privacy).toEqual({ gpc: true })
})
