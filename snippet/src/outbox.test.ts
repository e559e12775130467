import { afterEach, expect, test } from 'vitest'
import type { WireEvent } from '../../collector/src/wire.js'
import {
  accept,
  leavePage,
  resetBrowser,
  settle,
  startOfTest,
  visit,
} from '../../tests/support/snippet/visit.js'

afterEach(resetBrowser)

const readOutbox = (): WireEvent[] => JSON.parse(localStorage.getItem('tagferry_outbox') ?? '[]')
const now = startOfTest.getTime() / 1000
const fail = () => new Response('', { status: 503 })
const noPageview = { pageview: 'off' }

test('an event is stored before the first attempt to send it', async () => {
  let eventsBeforeResponse: WireEvent[] = []
  const page = await visit({
    data: noPageview,
    respond: (body) => {
      eventsBeforeResponse = readOutbox()
      return accept(body)
    },
  })
  page.tagferry.track('Lead')
  await settle()
  expect(eventsBeforeResponse.map((event) => event.event)).toEqual(['Lead'])
})

test('an answered event is removed', async () => {
  const page = await visit()
  page.tagferry.track('Lead')
  await settle()
  expect(readOutbox()).toEqual([])
})

test('an event that one page could not send is sent by the next', async () => {
  const page = await visit({ data: noPageview, respond: fail })
  page.tagferry.track('Lead')
  await settle()
  const next = await visit({ data: noPageview })
  await settle()
  expect(next.names()).toEqual(['Lead'])
})

test('events older than seven days are dropped', async () => {
  const week = 7 * 86_400
  localStorage.setItem(
    'tagferry_outbox',
    JSON.stringify([
      { event: 'Old', event_id: '1', event_time: now - week - 1 },
      { event: 'Young', event_id: '2', event_time: now - week + 60 },
    ]),
  )
  const page = await visit({ data: noPageview })
  await settle()
  expect(page.names()).toEqual(['Young'])
})

test('the newest hundred events are kept', async () => {
  const page = await visit({ data: noPageview, respond: fail })
  for (let count = 0; count < 105; count++) page.tagferry.track(`E${count}`)
  await settle()
  expect(readOutbox()).toHaveLength(100)
  expect(readOutbox()[0]?.event).toBe('E5')
})

test('events with the same id but different names are both sent', async () => {
  const page = await visit({ data: noPageview })
  page.tagferry.track('AddToCart', {}, { event_id: 'x' })
  page.tagferry.track('Purchase', {}, { event_id: 'x' })
  await settle()
  expect(page.names()).toEqual(['AddToCart', 'Purchase'])
})

test('an event that another tab has sent is not sent again', async () => {
  const page = await visit({ data: noPageview, respond: fail })
  page.tagferry.track('Lead')
  await settle()
  localStorage.setItem('tagferry_outbox', '[]')
  window.dispatchEvent(new Event('online'))
  await settle()
  expect(page.posts).toHaveLength(1)
})

test('an event tracked twice is stored once', async () => {
  const page = await visit({ data: noPageview, respond: fail })
  page.tagferry.track('Purchase', { order_id: '1' })
  page.tagferry.track('Purchase', { order_id: '1' })
  await settle()
  expect(readOutbox()).toHaveLength(1)
})

test('a request stays below 16 KiB', async () => {
  const sizes: number[] = []
  const page = await visit({
    data: noPageview,
    respond: (body, request) => {
      sizes.push(new Blob([`${request.body}`]).size)
      return accept(body)
    },
  })
  for (let count = 0; count < 20; count++) page.tagferry.track('Search', { search_string: 'ü'.repeat(1000) })
  await settle()
  expect(page.names()).toHaveLength(20)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(16_384)
})

test('an event larger than the limit is sent alone', async () => {
  const page = await visit({ data: noPageview })
  page.tagferry.track('Search', { search_string: 'a'.repeat(20_000) })
  page.tagferry.track('Lead')
  await settle()
  expect(page.names()).toEqual(['Search', 'Lead'])
})

test('an invalid outbox is treated as empty', async () => {
  localStorage.setItem('tagferry_outbox', '[{"event":')
  const page = await visit()
  await settle()
  expect(page.names()).toEqual(['Pageview'])
  leavePage()
})
