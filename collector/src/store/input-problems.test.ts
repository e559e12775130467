/** The conformance suite of the counts of input problems: every driver adds, lists and removes them in the same way. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drivers } from '../../../tests/support/store-drivers.js'
import type { CountedProblem } from './input-problems.js'
import type { Outbox } from './outbox.js'

const problem = (fields: Partial<CountedProblem> = {}): CountedProblem => ({
  site: 'shop.example',
  hour: 500,
  route: '/e',
  status: 202,
  rule: 'invalid_value',
  path: 'properties.quantity',
  count: 1,
  lastAt: 1_800_000_000,
  ...fields,
})

for (const [name, open] of Object.entries(drivers)) {
  describe(name, () => {
    let store: Outbox
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('adds equal problems of all hours up, the newest first', async () => {
      await store.addInputProblems(
        [problem(), problem({ rule: 'placeholder', path: 'user.ttclid', lastAt: 1 })],
        0,
      )
      await store.addInputProblems(
        [problem({ count: 40, lastAt: 1_800_000_009 }), problem({ hour: 501, count: 2 })],
        0,
      )
      expect(await store.inputProblems({ site: 'shop.example', from: 0 })).toEqual([
        problem({ hour: 501, count: 43, lastAt: 1_800_000_009 }),
        problem({ rule: 'placeholder', path: 'user.ttclid', lastAt: 1 }),
      ])
    })

    it('lists one site, no known site, or all of them, from an hour on', async () => {
      const unknown = problem({ site: '', status: 400, rule: 'invalid_json', path: '' })
      await store.addInputProblems([problem(), unknown, problem({ hour: 3, path: 'old' })], 0)
      expect(await store.inputProblems({ site: '', from: 4 })).toEqual([unknown])
      expect(await store.inputProblems({ site: 'shop.example', from: 4 })).toEqual([problem()])
      expect(await store.inputProblems({ from: 0 })).toHaveLength(3)
    })

    it('removes what is older than an hour that the caller gives', async () => {
      await store.addInputProblems([problem({ hour: 9 }), problem({ hour: 10 })], 0)
      await store.addInputProblems([], 10)
      expect(await store.inputProblems({ from: 0 })).toEqual([problem({ hour: 10 })])
    })

    it('takes many at once', async () => {
      const many = Array.from({ length: 1_200 }, (_, at) => problem({ path: `properties.p${at}` }))
      await store.addInputProblems(many, 0)
      expect(await store.inputProblems({ from: 0 })).toHaveLength(200)
    })
  })
}
