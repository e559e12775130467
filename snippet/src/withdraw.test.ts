import { afterEach, expect, test, vi } from 'vitest'
import { accept, forgetVisits, setCookie, settle, setValue, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const full = { script: 'full' } as const

test('on a later page the collector learns it by the click id alone', async () => {
  await visit({ ...full, url: 'https://www.shop.example/?ttclid=abc' })
  await settle()
  const page = await visit({ ...full, data: { pageview: 'off', consent: 'required' } })
  setCookie('_ttp=pixel')
  page.tagferry.consent('revoke')
  await settle()
  expect(page.beacons.map(({ events }) => events)).toEqual([
    [{ event: 'ConsentWithdrawn', user: { ttclid: 'abc', ttp: 'pixel' }, privacy: { consent: 'denied' } }],
  ])
  expect(document.cookie).toBe('_ttp=pixel')
})

test('a refusal of somebody of whom nothing was sent says nothing', async () => {
  const page = await visit({ ...full, data: { consent: 'required' } })
  page.tagferry.consent('revoke')
  page.tagferry.consent('revoke')
  await settle()
  expect([page.posts, page.beacons]).toEqual([[], []])
})

test('agreeing again and taking it back again is told again', async () => {
  const page = await visit(full)
  for (const _time of [1, 2]) {
    page.tagferry.consent('grant')
    page.tagferry.track('Lead')
    await settle()
    page.tagferry.consent('revoke')
  }
  expect(page.beacons).toHaveLength(2)
})

test('the storage is emptied even where beacons throw', async () => {
  const page = await visit(full)
  await settle()
  setValue(navigator, 'sendBeacon', () => {
    throw new TypeError()
  })
  page.tagferry.consent('revoke')
  expect(localStorage.length).toBe(0)
})

test('an answer that is still under way does not bring the cookie back', async () => {
  const page = await visit({
    ...full,
    url: 'https://www.shop.example/?ttclid=abc',
    answer: async (body) => {
      await new Promise((done) => setTimeout(done, 1000))
      setCookie('tagferry_ttclid=abc~1; Domain=shop.example; Path=/')
      return accept(body)
    },
  })
  await settle()
  page.tagferry.consent('revoke')
  await vi.advanceTimersByTimeAsync(2000)
  expect(document.cookie).toBe('')
})
