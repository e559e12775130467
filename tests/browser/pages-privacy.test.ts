/** Consent, opt-outs, places and personal data, each on its example page. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Examples, pass, startExamples, type Visit } from '../support/examples.js'
import { searchFiles, searchText } from '../support/search.js'

let house: Examples
beforeAll(async () => {
  house = await startExamples({ TAGFERRY_GEO_HEADERS: 'cloudflare' })
})
afterAll(() => house?.stop())

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const kept = async ({ page }: Visit) =>
  page.evaluate("document.cookie + Object.keys(localStorage).filter((key) => key.startsWith('tagferry'))")
const skipped = () => house.metric('events_skipped_total', 'reason="consent"')

describe.each(['/consent', '/consent/google', '/consent/wordpress'])('the banner of %s', (path) => {
  it('holds everything; after a yes it arrives with its original time', async () => {
    const visit = await house.visit()
    await visit.open(`${path}?ttclid=E.C.P.asked`)
    await visit.page.getByTestId('banner').waitFor()
    const at = Math.floor(Date.now() / 1_000)
    await pass(2_500)
    expect([visit.posted, await kept(visit)]).toEqual([[], ''])
    await visit.tap('accept')
    const [view] = (await house.arrived('ViewContent', `${path}?`)).slice(-1)
    expect(view?.payload).toMatchObject({ user: { ttclid: 'E.C.P.asked' } })
    expect((view?.eventTime ?? 0) - at).toBeLessThanOrEqual(1)
    expect(visit.posted.map(({ event }) => event).sort()).toEqual(['Pageview', 'ViewContent'])

    await visit.page.reload()
    await vi.waitFor(() => expect(visit.posted).toHaveLength(4), 10_000)
    const before = await skipped()
    await visit.tap('withdraw')
    await vi.waitFor(() => expect(visit.posted.at(-1)?.event).toBe('ConsentWithdrawn'), 5_000)
    await vi.waitFor(async () => expect(await skipped()).toBe(before + 1), 5_000)
    await pass()
    expect(await kept(visit)).toBe('')
    expect(house.seen('ConsentWithdrawn', '')).toEqual([])
    expect(visit.noise).toEqual([])
    await visit.close()
  })

  it('sends nothing after a no, and keeps nothing', async () => {
    const visit = await house.visit()
    await visit.open(`${path}?ttclid=E.C.P.refused`)
    await visit.tap('decline')
    await visit.page.reload()
    await pass(1_500)
    expect(await visit.page.getByTestId('banner').isVisible()).toBe(false)
    await visit.open('/examples')
    await pass()
    expect(house.seen('ViewContent', `${path}?ttclid=E.C.P.refused`)).toEqual([])
    expect(visit.posted.filter(({ event }) => event === 'ViewContent')).toEqual([])
    await visit.close()
  })
})

const dataUse = async (query: string, where: string) =>
  (await house.arrived('Pageview', where)).map(({ limitedDataUse }) => limitedDataUse).at(-1) ?? query

it('an opt-out means Limited Data Use in Germany too, until it is taken back', async () => {
  const visit = await house.visit()
  await visit.open('/privacy?visitor=DE')
  expect(await dataUse('', '/privacy?visitor=DE')).toBe(false)
  const decided = () => house.metric('limited_data_use_total', 'flag="true"', 'reason="opt-out"')
  const before = await decided()
  await visit.tap('opt-out')
  expect(await dataUse('', '/privacy')).toBe(false)
  await vi.waitFor(() => expect(house.seen('Pageview', '/privacy').at(-1)?.limitedDataUse).toBe(true), 10_000)
  expect(await decided()).toBe(before + 1)
  await visit.tap('opt-in')
  await vi.waitFor(
    () => expect(house.seen('Pageview', '/privacy').at(-1)?.limitedDataUse).toBe(false),
    10_000,
  )
  expect(visit.noise).toEqual([])
  await visit.close()
})

it.each([
  ['its header', { extraHTTPHeaders: { 'Sec-GPC': '1' } }],
  [
    'the page’s navigator',
    { script: "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })" },
  ],
])('Global Privacy Control by %s means it as well', async (_by, options) => {
  const decided = () => house.metric('limited_data_use_total', 'flag="true"', 'reason="gpc"')
  const before = await decided()
  const visit = await house.visit(options)
  await visit.open('/shipping?visitor=DE')
  await vi.waitFor(async () => expect(await decided()).toBe(before + 1), 10_000)
  await visit.open('/privacy')
  expect(await visit.page.getByTestId('gpc').isVisible()).toBe('script' in options)
  await visit.close()
})

it.each([
  ['US-CA', true, 'geo:US-CA'],
  ['US-TX', false, 'geo:US-TX'],
  ['DE', false, 'non-us'],
])('a visitor from %s by the region header of a proxy', async (place, limited, reason) => {
  const labels = [`flag="${limited}"`, `reason="${reason}"`]
  const before = await house.metric('limited_data_use_total', ...labels)
  const seenBefore = house.seen('Pageview', `/shipping?visitor=${place}`).length
  const visit = await house.visit()
  await visit.open(`/shipping?visitor=${place}`)
  const found = await house.arrived('Pageview', `/shipping?visitor=${place}`, seenBefore + 1)
  expect(found.at(-1)?.limitedDataUse).toBe(limited)
  expect(await house.metric('limited_data_use_total', ...labels)).toBe(before + 1)
  await visit.close()
})

it('a lead, sloppily typed, arrives as the hashes of its uniform form, and nowhere in the clear', async () => {
  const visit = await house.visit()
  await visit.open('/catalogue')
  const typed = {
    'first-name': '  Josephine ',
    'last-name': 'MARITIME-Canary',
    email: '  Jo.Canary@Example.COM ',
    phone: ' (415) 555-0199 ',
  }
  for (const [field, text] of Object.entries(typed)) await visit.page.getByTestId(field).fill(text)
  await visit.tap('send')
  await visit.page.getByTestId('catalogue-sent').waitFor()
  const [lead] = await house.arrived('Lead', '/catalogue')
  expect(lead).toMatchObject({ verdict: 'accepted', findings: [] })
  expect(lead?.payload).toMatchObject({
    user: {
      email: sha256('jo.canary@example.com'),
      phone: sha256('+14155550199'),
      first_name: sha256('josephine'),
    },
  })
  const needles = ['canary', 'Canary', '4155550199', '555-0199', 'Josephine', 'josephine']
  expect(searchText('payload', JSON.stringify(house.standIn.received.all()), needles)).toEqual([])
  expect(searchText('log', house.collector.log(), needles)).toEqual([])
  expect(searchFiles(house.collector.dataDir, needles)).toEqual([])
  expect(visit.noise).toEqual([])
  await visit.close()
})
