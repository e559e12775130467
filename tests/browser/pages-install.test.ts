/** Ways to install, each on its example page: placements, frames, policies, and the index of the pages. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Examples, startExamples } from '../support/examples.js'

let system: Examples
beforeAll(async () => {
  system = await startExamples()
})
afterAll(() => system?.stop())

it.each(['twice', 'body', 'late'])(
  'the snippet %s: each event arrives once, with the click id',
  async (place) => {
    const { open, tap, page, posted, noise, close } = await system.visit()
    await open(`/install/${place}?ttclid=E.C.P.${place}`)
    const [view] = await system.arrived('ViewContent', `/install/${place}`)
    await tap('wave')
    await system.arrived('ClickButton', `/install/${place}`)
    await system.arrived('Pageview', `/install/${place}`)
    expect(posted.map(({ event }) => event).sort()).toEqual(['ClickButton', 'Pageview', 'ViewContent'])
    expect(view?.payload).toMatchObject({ user: { ttclid: `E.C.P.${place}` } })
    await page.reload()
    await system.arrived('Pageview', `/install/${place}`, 2)
    for (const name of ['Pageview', 'ViewContent'])
      expect(system.seen(name, `/install/${place}`).every(({ duplicate }) => !duplicate)).toBe(true)
    expect(noise).toEqual([])
    await close()
  },
)

it('the installation check reports that the snippet is on the page twice', async () => {
  const { open, page, close } = await system.visit()
  const report = page.waitForRequest((request) => request.url().endsWith('/t/verify'))
  await open('/install/twice?tagferry_verify=example')
  expect((await report).postDataJSON()).toMatchObject({ report: { copies: 2, tag_in: 'head' } })
  await close()
})

it('an event of a form in a frame arrives like that of any page', async () => {
  const { open, page, noise, close } = await system.visit()
  await open('/frame')
  const frame = page.frameLocator('[data-testid=frame]')
  await frame.getByTestId('email').fill('jane@example.com')
  await frame.getByTestId('send').click()
  await frame.getByTestId('verdict').getByText('gull').waitFor()
  const [lead] = await system.arrived('Lead', 'in=frame')
  expect(lead?.keys.mail).toBe('sent')
  expect(system.seen('Pageview', '/form')).toEqual([])
  expect(noise).toEqual([])
  await close()
})

it('a sandboxed form with Origin null is accepted by the site key', async () => {
  const { open, page, posted, noise, close } = await system.visit()
  await open('/frame/sandboxed')
  const frame = page.frameLocator('[data-testid=frame]')
  await frame.getByTestId('email').fill('jane@example.com')
  await frame.getByTestId('send').click()
  await system.arrived('Lead', 'in=sandbox')
  await frame.getByTestId('verdict').getByText('gull').waitFor()
  expect(posted.filter(({ event }) => event === 'Lead')).toHaveLength(1)
  expect(noise).toEqual([])
  await close()
})

it('a sandboxed form without the site key is skipped', async () => {
  const before = await system.metric('events_skipped_total', 'reason="origin_not_allowed"')
  const { open, page, close } = await system.visit()
  await open('/frame/keyless')
  const frame = page.frameLocator('[data-testid=frame]')
  await frame.getByTestId('email').fill('jane@example.com')
  await frame.getByTestId('send').click()
  await frame.getByTestId('verdict').getByText('origin_not_allowed').waitFor()
  expect(await system.metric('events_skipped_total', 'reason="origin_not_allowed"')).toBe(before + 1)
  expect(system.seen('Lead', 'in=keyless')).toEqual([])
  await close()
})

it('the strictest policy allows all events without a violation', async () => {
  const { open, noise, close } = await system.visit()
  await open('/policy')
  await system.arrived('Pageview', '/policy')
  await system.arrived('Contact', '/policy')
  expect(noise).toEqual([])
  await close()
})

it('a policy without the collector blocks all events, and the check names the missing line', async () => {
  const { open, tap, page, close } = await system.visit()
  await open('/policy/wrong')
  await tap('check')
  const badge = page.locator('tagferry-badge')
  await badge.getByText('Content-Security-Policy blocks the collector').waitFor()
  await badge.getByText(`connect-src ${new URL(system.home).origin}`).waitFor()
  expect(system.seen('Pageview', '/policy/wrong')).toEqual([])
  await open('/policy')
  await system.arrived('Pageview', '/policy/wrong')
  await close()
})

it('the index ticks off events that have arrived, and no others', async () => {
  const { open, page, noise, close } = await system.visit()
  await open('/install/body')
  await system.arrived('Pageview', '/install/body')
  await open('/examples')
  const card = page.locator('[data-example="/install/body"]')
  await card.locator('.arrived', { hasText: 'Pageview' }).waitFor()
  expect(await page.locator('[data-example="/storm"] .arrived').count()).toBe(0)
  for (const href of await page.locator('[data-example] > a').evaluateAll((links) => links.map(String))) {
    const answer = await fetch(href.replace(/\w+\.example\.localhost/, '127.0.0.1'), { redirect: 'manual' })
    expect(answer.status, href).toBeLessThan(400)
  }
  expect(noise).toEqual([])
  await close()
})
