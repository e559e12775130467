// Tests that no broken request crashes the collector or leads to a malformed event at TikTok.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { brokenBody, oddHeaders } from '../support/broken-requests.js'
import type { Answer } from '../support/http.js'
import { startTestSystem, type TestSystem, type WireAnswer } from '../support/test-system.js'
import { waitFor } from '../support/wait.js'

/** Number of bodies; `FUZZ=20000` runs longer. */
const bodies = Number(process.env.FUZZ ?? 1_500)

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

function expectWellFormed() {
  const hashed = ['email', 'phone', 'external_id', 'first_name', 'last_name', 'zip_code']
  for (const { body } of system.tiktok.requests) {
    for (const event of body.data) {
      expect(event.event).toMatch(/\S/)
      expect(event.event_id).toMatch(/\S/)
      expect(Number.isInteger(event.event_time) && event.event_time <= Date.now() / 1000).toBe(true)
      expect(event.limited_data_use).toBeTypeOf('boolean')
      if (event.page) expect(event.page.url).toMatch(/^https?:\/\//i)
      for (const key of hashed) {
        if (key in event.user)
          expect([event.user[key]].flat()).toEqual(
            [event.user[key]].flat().map(() => expect.stringMatching(/^[0-9a-f]{64}$/)),
          )
      }
      for (const key of ['value', 'num_items']) {
        const amount = event.properties?.[key]
        if (amount !== undefined) expect(amount).toBeTypeOf('number')
      }
      for (const [key, value] of Object.entries({ ...event.user, ...event.page })) {
        expect(value, key).not.toBe('')
        expect(value, key).not.toBeNull()
      }
    }
  }
}

it(`none of ${bodies} broken bodies is answered 5xx, and accepted events reach TikTok well-formed`, async () => {
  const samples = fc.sample(brokenBody, { numRuns: bodies, seed: Number(process.env.SEED ?? 20_261_123) })
  const answers: Answer[] = []
  for (let at = 0; at < samples.length; at += 25) {
    const group = samples.slice(at, at + 25)
    const groupAnswers = await Promise.all(group.map((body) => system.post(body)))
    groupAnswers.forEach(({ status, text }, index) => {
      if (![202, 400, 413].includes(status))
        expect.fail(`${status} ${text} for ${group[index]?.toString('utf8')}`)
    })
    answers.push(...groupAnswers)
  }
  const accepted = answers.filter(({ status }) => status === 202).map(({ json }) => json as WireAnswer)
  // Else the mutations would test refusals only, or acceptance only.
  expect(accepted.length).toBeGreaterThan(bodies / 20)
  expect(answers.length - accepted.length).toBeGreaterThan(bodies / 20)
  const count = accepted.reduce((sum, answer) => sum + answer.accepted, 0)
  const received = () => system.tiktok.requests.reduce((sum, { body }) => sum + body.data.length, 0)
  await waitFor(`TikTok gets all ${count}`, () => received() >= count)
  expect(received()).toBe(count)
  expectWellFormed()
  expect((await system.call({ path: '/readyz' })).status).toBe(200)
  expect(system.collector.log()).not.toMatch(/"bug"|Error|jane@example/)
  await system.expectServing()
})

it('no JSON in a field costs an event with a usable name', async () => {
  const fields = ['event_id', 'event_time', 'user', 'page', 'properties', 'privacy', 'other']
  const event = fc.record(Object.fromEntries(fields.map((key) => [key, fc.jsonValue({ maxDepth: 5 })])), {
    requiredKeys: [],
  })
  const runs = { numRuns: 300, seed: Number(process.env.SEED ?? 20_261_130) }
  for (const events of fc.sample(fc.array(event, { minLength: 1, maxLength: 4 }), runs)) {
    const body = { site: 'shop.example', events: events.map((over) => ({ ...over, event: 'ViewContent' })) }
    const { status, text, json } = await system.post(body)
    const isForbidden = /"(__proto__|constructor|prototype)":/.test(JSON.stringify(body))
    if (status !== (isForbidden ? 400 : 202)) expect.fail(`${status} ${text} for ${JSON.stringify(body)}`)
    if (isForbidden) continue
    const { accepted, duplicates, skipped } = json as WireAnswer
    expect(accepted + duplicates + skipped.length).toBe(events.length)
  }
  await system.expectServing()
})

it('no odd header is answered 5xx', async () => {
  for (const headers of fc.sample(oddHeaders, {
    numRuns: 500,
    seed: Number(process.env.SEED ?? 20_261_123),
  })) {
    const { status, text } = await system.post(
      { site: 'shop.example', events: [{ event: 'ViewContent' }] },
      { headers },
    )
    if (status !== 202 && status !== 400) expect.fail(`${status} ${text} for ${JSON.stringify(headers)}`)
  }
  await system.expectServing()
})
