/** Visits the shop: click ids, purchases, the pixel beside the collector, server events, single-page applications. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Examples, startExamples, type Visit } from '../support/examples.js'
import { flush } from '../support/flush.js'
import { site } from '../support/shop-system.js'
import { waitLimitMs } from '../support/wait.js'

let system: Examples
beforeAll(async () => {
  system = await startExamples()
})
afterAll(() => system?.stop())

/** Buys a ferry and ends on the thank-you page. */
const buy = async ({ open, tap, page }: Visit) => {
  await open('/products/night-ferry')
  await tap('add-to-cart')
  await tap('to-checkout')
  await page.getByTestId('email').fill('jane@example.com')
  await tap('place-order')
  return page.getByTestId('order-id').innerText()
}

it('the landing page keeps the click id in a cookie for 30 days, and later events carry it', async () => {
  const { open, tap, page, close } = await system.visit()
  await open('/?ttclid=E.C.P.abc')
  await system.arrived('Pageview', '/?ttclid=E.C.P.abc')
  await tap('product-tug-marta')
  const [view] = await system.arrived('ViewContent', '/products/tug-marta')
  expect(view?.payload).toMatchObject({ user: { ttclid: 'E.C.P.abc' } })
  const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'tagferry_ttclid')
  expect(cookie?.domain).toBe('.example.localhost')
  expect((cookie?.expires ?? 0) - Date.now() / 1_000).toBeGreaterThan(29 * 86_400)
  await close()
})

it('a redirect that drops the query loses the click id, and no wrong one is sent', async () => {
  const { open, page, close } = await system.visit()
  await open('/r?to=/offer&ttclid=E.C.P.lost')
  expect(page.url()).toBe(system.link('/offer'))
  const [redirected] = await system.arrived('Pageview', '/offer')
  expect(redirected?.keys.click).toBe('missing')
  await page.getByTestId('from-ad').click()
  const [, direct] = await system.arrived('Pageview', '/offer', 2)
  expect(direct?.payload).toMatchObject({ user: { ttclid: 'E.C.P.offer' } })
  await open('/r?to=//evil.localhost/')
  expect(page.url()).toBe(system.link('/'))
  await close()
})

it('an order is one Purchase: reload and back send nothing, and a second browser sends a duplicate', async () => {
  const visit = await system.visit()
  const order = await buy(visit)
  const funnel = ['ViewContent', 'AddToCart', 'InitiateCheckout', 'AddPaymentInfo', 'Purchase']
  for (const name of funnel) await system.received(name)
  await system.arrived('Purchase', order)
  await visit.page.reload()
  await visit.page.getByTestId('thanks').waitFor()
  await visit.page.goBack()
  await visit.page.goForward()
  await visit.page.getByTestId('thanks').waitFor()
  const address = visit.page.url()
  await flush(system, visit)
  expect(visit.posted.filter(({ event }) => event === 'Purchase')).toHaveLength(1)

  const other = await system.visit()
  await other.page.goto(address)
  await vi.waitFor(
    () => expect(other.answers.map(({ body }) => body).join()).toContain('"duplicates":1'),
    waitLimitMs,
  )
  await flush(system, other)
  expect(system.seen('Purchase', order)).toHaveLength(1)
  expect([...visit.noise, ...other.noise]).toEqual([])
  await visit.close()
  await other.close()
})

it('beside the pixel a Purchase is merged, and after a reload the event of the pixel is dropped', async () => {
  const { open, tap, page, posted, answers, noise, close } = await system.visit()
  await open('/express', 'checkout')
  await page.getByTestId('email').fill('jane@example.com')
  await tap('buy')
  const order = await page.getByTestId('order-id').innerText()
  const pair = await system.arrived('Purchase', order, 2)
  expect(pair.map(({ channel }) => channel).sort()).toEqual(['browser', 'server'])
  expect(pair.map(({ dedup }) => dedup)).toEqual([null, 'merged'])
  expect(pair.map(({ eventId }) => eventId)).toEqual([`Purchase.${order}`, `Purchase.${order}`])
  await vi.waitFor(() => expect(answers.map(({ body }) => body).join()).toContain(order), waitLimitMs)
  await page.reload()
  const [, , third] = await system.arrived('Purchase', order, 3)
  expect(third).toMatchObject({ channel: 'browser', dedup: 'dropped' })
  await flush(system, { open })
  expect(posted.filter(({ event }) => event === 'Purchase')).toHaveLength(1)
  expect(noise).toEqual([])
  await close()
})

it('www, shop and checkout send the same click id, ttp and customer', async () => {
  const { open, tap, page, noise, close } = await system.visit()
  const ttp = { name: '_ttp', value: 'ttp-of-the-pixel', domain: '.example.localhost', path: '/' }
  await page.context().addCookies([ttp])
  await open('/account?ttclid=E.C.P.hosts')
  await tap('sign-in')
  await page.getByTestId('welcome').waitFor()
  const views = [
    await system.next('Pageview', '/products/bell-buoy', () => open('/products/bell-buoy')),
    await system.next('Pageview', '/cart', () => tap('add-to-cart')),
    await system.next('Pageview', '/checkout', () => tap('to-checkout')),
  ]
  expect(views.map(({ host }) => host?.split('.')[0])).toEqual(['www', 'shop', 'checkout'])
  const users = views.map(({ payload }) => (payload as { user: Record<string, unknown> }).user)
  const external_id = createHash('sha256').update('LH-C-17').digest('hex')
  for (const user of users) expect(user).toMatchObject({ ttclid: 'E.C.P.hosts', ttp: ttp.value, external_id })
  expect(noise).toEqual([])
  await close()
})

describe('without a browser', () => {
  it('the server of the shop reports an order', async () => {
    const { open, tap, page, noise, close } = await system.visit()
    await open('/server', 'checkout')
    const labels = [`site="${site.domain}"`, 'event="Purchase"', 'source="server"']
    const before = await system.metric('events_received_total', ...labels)
    await tap('report')
    await page.getByTestId('answer').getByText('"accepted":1').waitFor()
    const [order] = await system.arrived('Purchase', 'by=button')
    expect(order).toMatchObject({ verdict: 'accepted', keys: { mail: 'sent', ipUa: 'sent' } })
    expect(await system.metric('events_received_total', ...labels)).toBe(before + 1)
    expect(noise).toEqual([])
    await close()
  })

  it('the command on the page reports an order, and a second run is a duplicate', async () => {
    const { open, page, close } = await system.visit()
    await open('/server', 'checkout')
    const curl = await page.getByTestId('curl').innerText()
    const [url = ''] = /http\S+/.exec(curl) ?? []
    const headers = [...curl.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    const body = /-d '(.*)'/s.exec(curl)?.[1] ?? ''
    const send = async () =>
      (await fetch(url, { method: 'POST', headers: Object.fromEntries(headers), body })).json()
    expect(await send()).toMatchObject({ accepted: 1, duplicates: 0 })
    expect(await send()).toMatchObject({ accepted: 0, duplicates: 1 })
    await system.arrived('Purchase', 'by=curl')
    await flush(system, { open })
    expect(system.seen('Purchase', 'by=curl')).toHaveLength(1)
    await close()
  })
})

describe.each([
  ['by path', '/spa/', '/spa/skiff', '/spa/visit'],
  ['by hash', '/spa/hash.html', '#/skiff', '#/visit'],
])('a single-page application that routes %s', (_title, start, skiff, visitPath) => {
  it('sends one Pageview for each view, and sends pending events when it is left', async () => {
    const { open, tap, page, posted, noise, close } = await system.visit()
    await open(`${start}?ttclid=E.C.P.spa`)
    await tap('to-skiff')
    await page.getByTestId('boat').waitFor()
    await system.arrived('Pageview', skiff)
    await page.goBack()
    await page.getByTestId('to-punt').waitFor()
    await page.goForward()
    await page.getByTestId('boat').waitFor()
    const pageviewIds = () =>
      new Set(posted.filter(({ event }) => event === 'Pageview').map(({ event_id }) => event_id))
    await vi.waitFor(() => expect(pageviewIds().size).toBe(4), waitLimitMs)
    const [boat] = await system.arrived('ViewContent', skiff)
    expect(boat?.payload).toMatchObject({ user: { ttclid: 'E.C.P.spa' }, properties: { value: 27 } })
    await tap('nav-visit')
    await tap('bell')
    await page.getByTestId('products').waitFor()
    await system.arrived('Contact', visitPath)
    await flush(system, { open })
    // Four views before, then the visit view, the landing page and the page of `flush`.
    expect(pageviewIds().size).toBe(7)
    expect(system.seen('Contact', visitPath)).toHaveLength(1)
    expect(system.seen('Pageview', skiff).every(({ duplicate }) => !duplicate)).toBe(true)
    expect(noise).toEqual([])
    await close()
  })
})
