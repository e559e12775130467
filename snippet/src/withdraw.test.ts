import { afterEach, expect, test, vi } from 'vitest'
import {
  accept,
  resetBrowser,
  setCookie,
  settle,
  setValue,
  visit,
} from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const fullScript = { script: 'full' } as const

test('a withdrawal on a later page carries the click id', async () => {
  await visit({ ...fullScript, url: 'https://www.shop.example/?ttclid=abc' })
  await settle()
  const page = await visit({ ...fullScript, data: { pageview: 'off', consent: 'required' } })
  setCookie('_ttp=pixel')
  page.tagferry.consent('revoke')
  await settle()
  expect(page.beacons.map(({ events }) => events)).toEqual([
    [{ event: 'ConsentWithdrawn', user: { ttclid: 'abc', ttp: 'pixel' }, privacy: { consent: 'denied' } }],
  ])
  expect(document.cookie).toBe('_ttp=pixel')
})

test('a refusal without earlier consent sends nothing', async () => {
  const page = await visit({ ...fullScript, data: { consent: 'required' } })
  page.tagferry.consent('revoke')
  page.tagferry.consent('revoke')
  await settle()
  expect([page.posts, page.beacons]).toEqual([[], []])
})

test('every withdrawal after a new consent is sent', async () => {
  const page = await visit(fullScript)
  for (const _time of [1, 2]) {
    page.tagferry.consent('grant')
    page.tagferry.track('Lead')
    await settle()
    page.tagferry.consent('revoke')
  }
  expect(page.beacons).toHaveLength(2)
})

test('the storage is emptied even if beacons throw', async () => {
  const page = await visit(fullScript)
  await settle()
  setValue(navigator, 'sendBeacon', () => {
    throw new TypeError()
  })
  page.tagferry.consent('revoke')
  expect(localStorage.length).toBe(0)
})

test('a response in flight does not restore the cookie', async () => {
  const page = await visit({
    ...fullScript,
    url: 'https://www.shop.example/?ttclid=abc',
    respond: async (body) => {
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
