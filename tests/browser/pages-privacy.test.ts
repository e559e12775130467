/** Consent, opt-outs, visitors from several places and personal data, each on its example page. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Examples, pass, startExamples, type Visit } from '../support/examples.js'
import { flush } from '../support/flush.js'
import { searchFiles, searchText } from '../support/search.js'
import { waitLimitMs } from '../support/wait.js'

let system: Examples
beforeAll(async () => {
  system = await startExamples({ TAGFERRY_GEO_HEADERS: 'cloudflare' })
})
afterAll(() => system?.stop())

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
/** Cookies and keys of the script in the browser. */
const storedKeys = async ({ page }: Visit) =>
  page.evaluate("document.cookie + Object.keys(localStorage).filter((key) => key.startsWith('tagferry'))")
const skipped = () => system.metric('events_skipped_total', 'reason="consent"')

describe.each(['/consent', '/consent/google', '/consent/wordpress'])('the banner of %s', (path) => {
  it('holds all events, and sends them after a yes with their original time', async () => {
    const visit = await system.visit()
    await visit.open(`${path}?ttclid=E.C.P.asked`)
    await visit.page.getByTestId('banner').waitFor()
    const at = Math.floor(Date.now() / 1_000)
    // Time must pass: the events keep their original time.
    await pass(1_200)
    expect([visit.posted, await storedKeys(visit)]).toEqual([[], ''])
    await visit.tap('accept')
    const [view] = (await system.arrived('ViewContent', `${path}?`)).slice(-1)
    expect(view?.payload).toMatchObject({ user: { ttclid: 'E.C.P.asked' } })
    expect((view?.eventTime ?? 0) - at).toBeLessThanOrEqual(1)
    expect(visit.posted.map(({ event }) => event).sort()).toEqual(['Pageview', 'ViewContent'])

    await visit.page.reload()
    await vi.waitFor(() => expect(visit.posted).toHaveLength(4), waitLimitMs)
    const before = await skipped()
    await visit.tap('withdraw')
    await vi.waitFor(() => expect(visit.posted.at(-1)?.event).toBe('ConsentWithdrawn'), waitLimitMs)
    await vi.waitFor(async () => expect(await skipped()).toBe(before + 1), waitLimitMs)
    expect(await storedKeys(visit)).toBe('')
    await flush(system, visit)
    expect(system.seen('ConsentWithdrawn', '')).toEqual([])
    expect(visit.noise).toEqual([])
    await visit.close()
  })

  it('sends and stores nothing after a no', async () => {
    const visit = await system.visit()
    await visit.open(`${path}?ttclid=E.C.P.refused`)
    await visit.tap('decline')
    await visit.page.reload()
    expect(await visit.page.getByTestId('banner').isVisible()).toBe(false)
    expect([visit.posted, await storedKeys(visit)]).toEqual([[], ''])
    await system.next('Pageview', '/examples', () => visit.open('/examples'))
    expect(visit.posted.map(({ event }) => event)).toEqual(['Pageview'])
    await visit.close()
  })
})

it('an opt-out sets Limited Data Use in Germany too, until it is undone', async () => {
  const { open, tap, noise, close } = await system.visit()
  const decided = () => system.metric('limited_data_use_total', 'flag="true"', 'reason="opt-out"')
  const before = await decided()
  const viewed = (act: () => Promise<void>) => system.next('Pageview', '/privacy', act)
  expect(await viewed(() => open('/privacy?visitor=DE'))).toMatchObject({ limitedDataUse: false })
  expect(await viewed(() => tap('opt-out'))).toMatchObject({ limitedDataUse: true })
  expect(await decided()).toBe(before + 1)
  expect(await viewed(() => tap('opt-in'))).toMatchObject({ limitedDataUse: false })
  expect(noise).toEqual([])
  await close()
})

it.each([
  ['its header', { extraHTTPHeaders: { 'Sec-GPC': '1' } }],
  [
    'the page’s navigator',
    { script: "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })" },
  ],
])('Global Privacy Control by %s sets Limited Data Use', async (_by, options) => {
  const decided = () => system.metric('limited_data_use_total', 'flag="true"', 'reason="gpc"')
  const before = await decided()
  const { open, page, close } = await system.visit(options)
  const where = '/shipping?visitor=DE'
  expect(await system.next('Pageview', where, () => open(where))).toMatchObject({ limitedDataUse: true })
  expect(await decided()).toBe(before + 1)
  await open('/privacy')
  expect(await page.getByTestId('gpc').isVisible()).toBe('script' in options)
  await close()
})

it.each([
  ['US-CA', true, 'geo:US-CA'],
  ['US-TX', false, 'geo:US-TX'],
  ['DE', false, 'non-us'],
])('a visitor from %s is located by the region header of a proxy', async (place, limitedDataUse, reason) => {
  const decided = () =>
    system.metric('limited_data_use_total', `flag="${limitedDataUse}"`, `reason="${reason}"`)
  const before = await decided()
  const { open, close } = await system.visit()
  const where = `/shipping?visitor=${place}`
  expect(await system.next('Pageview', where, () => open(where))).toMatchObject({ limitedDataUse })
  expect(await decided()).toBe(before + 1)
  await close()
})

it('a lead with spaces and capitals arrives as hashes of the normalised values, and is stored nowhere in plain text', async () => {
  const visit = await system.visit()
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
  const [lead] = await system.arrived('Lead', '/catalogue')
  expect(lead).toMatchObject({ verdict: 'accepted', findings: [] })
  expect(lead?.payload).toMatchObject({
    user: {
      email: sha256('jo.canary@example.com'),
      phone: sha256('+14155550199'),
      first_name: sha256('josephine'),
    },
  })
  const needles = ['canary', 'Canary', '4155550199', '555-0199', 'Josephine', 'josephine']
  expect(searchText('payload', JSON.stringify(system.standIn.received.all()), needles)).toEqual([])
  expect(searchText('log', system.collector.log(), needles)).toEqual([])
  expect(searchFiles(system.collector.dataDir, needles)).toEqual([])
  expect(visit.noise).toEqual([])
  await visit.close()
})
