import { afterEach, expect, test } from 'vitest'
import { resetBrowser, settle, visit } from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

test('later events carry the data passed to identify', async () => {
  const page = await visit()
  page.tagferry.identify({ email: 'jane@example.com' })
  page.tagferry.identify({ external_id: ['u-1', 'u-2'] })
  page.tagferry.track('Lead')
  await settle()
  expect(page.sent('Lead')[0]?.user).toMatchObject({
    email: 'jane@example.com',
    external_id: ['u-1', 'u-2'],
  })
})

test('an empty value removes the field', async () => {
  const page = await visit()
  page.tagferry.identify({ email: 'jane@example.com' })
  page.tagferry.identify({ email: null })
  page.tagferry.track('Lead')
  await settle()
  // The collector leaves it out.
  expect(page.sent('Lead')[0]?.user?.email).toBeNull()
})

test('a field that the collector would refuse is dropped', async () => {
  const page = await visit()
  page.tagferry.identify({ nickname: 'J', ip: '192.0.2.1' } as never)
  page.tagferry.track('Lead')
  await settle()
  expect(Object.keys(page.sent('Lead')[0]?.user ?? {})).toEqual(['locale'])
})

test('identify stores nothing', async () => {
  const page = await visit({ data: { pageview: 'off' } })
  page.tagferry.identify({ email: 'jane@example.com' })
  await settle()
  expect(JSON.stringify(localStorage) + document.cookie).not.toContain('jane')
})
