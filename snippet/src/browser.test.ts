import { afterEach, expect, test, vi } from 'vitest'
import { resetBrowser, settle, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

test('importing the module sends nothing', async () => {
  const page = await visit({ data: { pageview: 'off' } })
  vi.resetModules()
  await import('./browser.js')
  await settle()
  expect(page.posts).toEqual([])
})

test('createTagferry starts with settings instead of a script tag', async () => {
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

test('createTagferry without a window returns methods that do nothing', async () => {
  vi.resetModules()
  vi.stubGlobal('location', undefined)
  const { createTagferry } = await import('./browser.js')
  expect(() => createTagferry({ endpoint: '/e' }).track('Lead')).not.toThrow()
  vi.unstubAllGlobals()
})
