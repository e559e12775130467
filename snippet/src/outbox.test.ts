import { afterEach, expect, test } from 'vitest'
import type { WireEvent } from '../../collector/src/wire.js'
import { accept, forgetVisits, leave, settle, startOfTest, visit } from '../testing/visit.js'

afterEach(forgetVisits)

const stored = (): WireEvent[] => JSON.parse(localStorage.getItem('tagferry_outbox') ?? '[]')
const now = startOfTest.getTime() / 1000
const down = () => new Response('', { status: 503 })
const quiet = { pageview: 'off' }

test('an event is in localStorage before the first try', async () => {
  let before: WireEvent[] = []
  const page = await visit({
    data: quiet,
    answer: (body) => {
      before = stored()
      return accept(body)
    },
  })
  page.tagferry.track('Lead')
  await settle()
  expect(before.map((event) => event.event)).toEqual(['Lead'])
})

test('an answered event is gone', async () => {
  const page = await visit()
  page.tagferry.track('Lead')
  await settle()
  expect(stored()).toEqual([])
})

test('what one page could not send goes with the next', async () => {
  const page = await visit({ data: quiet, answer: down })
  page.tagferry.track('Lead')
  await settle()
  const next = await visit({ data: quiet })
  await settle()
  expect(next.names()).toEqual(['Lead'])
})

test('events older than seven days are given up', async () => {
  const week = 7 * 86_400
  localStorage.setItem(
    'tagferry_outbox',
    JSON.stringify([
      { event: 'Old', event_id: '1', event_time: now - week - 1 },
      { event: 'Young', event_id: '2', event_time: now - week + 60 },
    ]),
  )
  const page = await visit({ data: quiet })
  await settle()
  expect(page.names()).toEqual(['Young'])
})

test('the hundred newest are kept', async () => {
  const page = await visit({ data: quiet, answer: down })
  for (let count = 0; count < 105; count++) page.tagferry.track(`E${count}`)
  await settle()
  expect(stored()).toHaveLength(100)
  expect(stored()[0]?.event).toBe('E5')
})

test('two events of one id but different names are both sent', async () => {
  const page = await visit({ data: quiet })
  page.tagferry.track('AddToCart', {}, { event_id: 'x' })
  page.tagferry.track('Purchase', {}, { event_id: 'x' })
  await settle()
  expect(page.names()).toEqual(['AddToCart', 'Purchase'])
})

test('what another tab has sent is not sent again', async () => {
  const page = await visit({ data: quiet, answer: down })
  page.tagferry.track('Lead')
  await settle()
  localStorage.setItem('tagferry_outbox', '[]')
  window.dispatchEvent(new Event('online'))
  await settle()
  expect(page.posts).toHaveLength(1)
})

test('the same event waits only once', async () => {
  const page = await visit({ data: quiet, answer: down })
  page.tagferry.track('Purchase', { order_id: '1' })
  page.tagferry.track('Purchase', { order_id: '1' })
  await settle()
  expect(stored()).toHaveLength(1)
})

test('a request stays below 16 KiB', async () => {
  const sizes: number[] = []
  const page = await visit({
    data: quiet,
    answer: (body, request) => {
      sizes.push(new Blob([`${request.body}`]).size)
      return accept(body)
    },
  })
  for (let count = 0; count < 20; count++) page.tagferry.track('Search', { search_string: 'ü'.repeat(1000) })
  await settle()
  expect(page.names()).toHaveLength(20)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(16_384)
})

test('an event above the limit goes alone', async () => {
  const page = await visit({ data: quiet })
  page.tagferry.track('Search', { search_string: 'a'.repeat(20_000) })
  page.tagferry.track('Lead')
  await settle()
  expect(page.names()).toEqual(['Search', 'Lead'])
})

test('a spoilt outbox is as an empty one', async () => {
  localStorage.setItem('tagferry_outbox', '[{"event":')
  const page = await visit()
  await settle()
  expect(page.names()).toEqual(['Pageview'])
  leave()
})
