// Tests that plausible events with slightly wrong fields are never lost, and that every difference is explained.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkGrammar } from '../support/grammar-check.js'
import { startTestSystem, type TestSystem } from '../support/test-system.js'

/** Number of events; `npm run faults` compares 200,000. */
const events = Number(process.env.FUZZ ?? 2_000)

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
})
afterAll(() => system.stop())

it(`explains each difference between ${events} events as sent and as received`, async () => {
  const result = await checkGrammar(system, events, Number(process.env.SEED ?? 20_261_130))
  expect(result.faults).toEqual([])
  // Else the grammar would make only right events, or only wrong ones.
  expect(result.compared).toBeGreaterThan(events / 3)
  expect(result.refused).toBeGreaterThan(events / 20)
  expect(result.warnings).toBeGreaterThan(events / 3)
  expect(result.duplicates).toBeLessThan(events / 10)
  await system.expectServing()
})
