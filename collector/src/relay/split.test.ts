import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitBatch } from './split.js'

describe('splitBatch', () => {
  it.each([
    ['in half without a position', [], ['ab', 'cd']],
    ['in half where no position is usable', [4, -1, 0.5, Number.NaN], ['ab', 'cd']],
    ['the invalid event from the others', [2], ['c', 'abd']],
    ['two invalid events from each other and the others', [3, 0], ['d', 'a', 'bc']],
    ['only once at a position that is reported twice', [1, 1], ['b', 'acd']],
    ['each event from the others where all are invalid', [0, 1, 2, 3], ['a', 'b', 'c', 'd']],
  ])('separates %s', (_title, indexes, expected) => {
    expect(splitBatch([...'abcd'], indexes).map((batch) => batch.join(''))).toEqual(expected)
  })

  it('gives smaller batches that hold each entry once', () => {
    const sizes = fc.integer({ min: 2, max: 1_000 })
    const indexes = fc.array(fc.oneof(fc.integer({ min: -5, max: 1_005 }), fc.double()), { maxLength: 20 })
    fc.assert(
      fc.property(sizes, indexes, (size, invalid) => {
        const batch = Array.from({ length: size }, (_, index) => index)
        const batches = splitBatch(batch, invalid)
        expect(batches.flat().sort((a, b) => a - b)).toEqual(batch)
        for (const { length } of batches) {
          expect(length).toBeGreaterThan(0)
          expect(length).toBeLessThan(size)
        }
      }),
    )
  })
})
