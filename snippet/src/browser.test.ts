import { afterEach, expect, test, vi } from 'vitest'
import { forgetVisits, settle, visit } from '../testing/visit.js'

afterEach(forgetVisits)

test('importing it does nothing', async () => {
  const page = await visit({ data: { pageview: 'off' } })
  vi.resetModules()
  await import('./browser.js')
  await settle()
  expect(page.posts).toEqual([])
})

test('it starts with settings instead of a script tag', async () => {
  const page = await visit({ data: { pageview: 'off' } })
  vi.resetModules()
  const { createTagferry } = await import('./browser.js')
  const tagferry = createTagferry({ endpoint: '/t/e', aliases: ['x.example'] })
  tagferry.track('Lead')
  await settle()
  expect(page.names()).toEqual(['Pageview', 'Lead'])
  expect(page.requests[0]?.referrer).toBe('/t/e')
  expect(page.posts[0]?.site).toBe('shop.example')
})

test('without a window it does nothing', async () => {
  vi.resetModules()
  vi.stubGlobal('location', undefined)
  const { createTagferry } = await import('./browser.js')
  expect(() => createTagferry({ endpoint: '/e' }).track('Lead')).not.toThrow()
  vi.unstubAllGlobals()
})
