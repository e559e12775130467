// Tests the inspector in a real browser: list, detail, keyboard, permalinks, pins and ordered faults.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Inspector, pixel, startInspector, token } from '../support/inspector.js'

let inspector: Inspector
let page: Inspector['page']
beforeAll(async () => {
  inspector = await startInspector()
  page = inspector.page
})
beforeEach(() => inspector.reset())
afterAll(() => inspector?.stop())

const send: Inspector['send'] = (...change) => inspector.send(...change)
const sendAll = () => inspector.sendAll()
const open = (search?: string) => inspector.open(search)
const row = (name: string) => page.locator(`.row[data-event="${name}"]`)
const tab = (name: string) => page.getByRole('tab', { name })

describe('the list', () => {
  it('says how to send events while it is empty, and then shows them live', async () => {
    await open()
    await page.getByText(`TAGFERRY_TIKTOK_URL=${inspector.origin}`).waitFor()
    await page.getByText('npx tagferry send Purchase').waitFor()
    await sendAll()
    await row('Contact').waitFor()
    expect(
      await page
        .getByTestId('row')
        .evaluateAll((rows) => rows.map((item) => item.getAttribute('data-event'))),
    ).toEqual(['Contact', 'Download', 'Search', 'Lead', 'Purchase', 'Purchase'])
    expect(await page.getByTestId('verdict').allTextContents()).toEqual([
      'Rejected',
      'Rejected',
      'Accepted',
      'Accepted with warnings',
      'Accepted',
      'Accepted with warnings',
    ])
    expect(await row('Lead').textContent()).toContain('mail malformed')
    expect(await row('Lead').textContent()).toContain('phone missing')
    expect(await row('Purchase').first().locator('.chip').allTextContents()).toEqual([
      'LDU',
      'Duplicate: merged',
    ])
    expect(await row('Search').locator('.chip').allTextContents()).toEqual(['LDU', 'Test'])
    expect(await row('Contact').locator('.chip').allTextContents()).toEqual(['code 40100'])
  })

  it('filters, says if nothing matches, keeps the filter in the URL, and exports', async () => {
    await sendAll()
    await open('?q=verdict%3Arejected')
    expect(await page.getByTestId('row').count()).toBe(2)
    const download = page.waitForEvent('download')
    await page.getByTestId('export').click()
    expect(
      readFileSync(await (await download).path(), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(2)
    await page.getByTestId('filter').fill('event:Nobody')
    await page.getByTestId('nothing').getByText('event:Nobody').waitFor()
    expect(page.url()).toContain('q=event%3ANobody')
    await page.getByTestId('unfilter').click()
    await row('Purchase').first().waitFor()
  })

  it('pauses with a count of new events, and clears all but pinned ones', async () => {
    await send()
    await open()
    await row('Purchase').getByTestId('pin').click()
    await row('Purchase').getByText('Pinned').waitFor()
    await page.getByTestId('pause').click()
    await send({ event: 'Lead' })
    await page.getByText('Resume (1 new)').waitFor()
    expect(await row('Lead').count()).toBe(0)
    await page.getByTestId('pause').click()
    await row('Lead').waitFor()
    await page.getByTestId('clear').click()
    await row('Lead').waitFor({ state: 'detached' })
    expect(await page.getByTestId('row').count()).toBe(1)
  })
})

describe('the detail', () => {
  it('shows the failing line, the checks, the request, the timeline of duplicates and the journey', async () => {
    await sendAll()
    await open()
    await row('Download').click()
    await page.getByTestId('sentence').getByText('data[0].event_id broke TT-E01').waitFor()
    await tab('Payload').click()
    expect(await page.getByTestId('failing-line').allTextContents()).toEqual([
      'event_id: 17 TT-E01: expected event_id must be a string',
    ])
    expect(await tab('Checks').textContent()).toMatch(/^Checks \(12 passed 1 refused\)$/)
    await tab('Request/Response').click()
    expect(await page.getByTestId('panel').textContent()).toContain('access-token: ••••en-1')
    await page.getByTestId('copy').click()
    await page.getByText('Copied').waitFor()
    const copied = await page.evaluate('navigator.clipboard.readText()')
    expect(copied).toContain('$ACCESS_TOKEN')
    expect(copied).not.toContain(token)
    await row('Purchase').first().click()
    await tab('Duplicates (1)').click()
    await page.getByRole('cell', { name: 'merged (5 min)' }).waitFor()
    expect(await page.locator('.mark').count()).toBe(2)
    await tab('Journey').click()
    expect(await page.getByTestId('journey').getAttribute('href')).toContain('q=Purchase.1001')
  })

  it('is opened, moved through and left by keys, and opened by its URL', async () => {
    await sendAll()
    await open()
    await row('Contact').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByTestId('sentence').waitFor()
    expect(await page.locator('[aria-current]').textContent()).toContain('Download')
    await tab('Summary').focus()
    await page.keyboard.press('ArrowRight')
    await page.getByTestId('failing-line').waitFor()
    const address = page.url()
    await page.keyboard.press('Escape')
    await page.getByTestId('detail').waitFor({ state: 'hidden' })
    await page.keyboard.press('/')
    await page.keyboard.type('event:Lead')
    await row('Contact').waitFor({ state: 'detached' })
    await page.goto(address)
    await page.getByTestId('failing-line').waitFor()
  })
})

it('orders answers, sets strictness, and moves the clock', async () => {
  await open()
  await page.getByTestId('answers').click()
  await page.getByRole('button', { name: '40105' }).click()
  await page.getByTestId('order').getByText('all: code 40105').waitFor()
  expect(await send()).toContain('"code":40105')
  await page.getByTestId('answer-kind').selectOption('http')
  await page.getByTestId('answer-status').fill('503')
  await page.getByTestId('answer-retry').fill('7')
  await page.getByTestId('answer-next').fill('2')
  await page.getByTestId('answer-share').fill('50')
  await page.getByTestId('answer-pixel').fill(pixel)
  await page.getByTestId('answer-set').click()
  await page.getByTestId('order').getByText(`${pixel}: HTTP 503 × 2 50 %`).waitFor()
  expect(inspector.standIn.answers.list().find((order) => order.pixel === pixel)?.answers).toEqual([
    { kind: 'http', status: 503, body: 'html', retryAfter: 7, next: 2, probability: 0.5 },
  ])
  await page.getByTestId('strict').selectOption('strict')
  await page.getByTestId('clock-48h').click()
  await page.getByTestId('clock-6min').click()
  await page.getByTestId('clock').getByText('2 days ahead').waitFor()
  expect(inspector.standIn.settings.of('any')).toEqual({
    strict: true,
    clockOffsetMs: 48 * 3_600_000 + 360_000,
  })
  await page.getByTestId('clock-now').click()
  await page.getByText('as on this machine').waitFor()
})

it('shows names of events as text, without a policy violation', async () => {
  const name = '<img src=x onerror=alert(1)>'
  await send({ event: name, event_id: '<b>bold</b>' })
  await open()
  await page.locator('strong').getByText(name).waitFor()
  expect(inspector.noise).toEqual([])
})
