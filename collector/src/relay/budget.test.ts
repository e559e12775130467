import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBudget, type Reservation } from './budget.js'

describe('a budget', () => {
  /** Reserves, and notes under a name when the bytes are there. */
  const setUp = (total: number) => {
    const budget = createBudget(total)
    const held: Record<string, Reservation> = {}
    const started: string[] = []
    const reserve = (name: string, bytes: number) =>
      void budget.reserve(bytes).then((reservation) => {
        held[name] = reservation
        started.push(name)
      })
    const settled = () => new Promise((resolve) => setImmediate(resolve))
    return { held, started, reserve, settled }
  }

  it('gives bytes in the order of the requests, as soon as they are free', async () => {
    const { held, started, reserve, settled } = setUp(10)
    reserve('a', 6)
    reserve('b', 6)
    reserve('c', 1)
    await settled()
    expect(started).toEqual(['a'])
    held.a?.release()
    await settled()
    expect(started).toEqual(['a', 'b', 'c'])
  })

  it('gets back what is not needed, once', async () => {
    const { held, started, reserve, settled } = setUp(10)
    reserve('a', 10)
    reserve('b', 7)
    reserve('c', 7)
    await settled()
    held.a?.shrinkTo(3)
    held.a?.shrinkTo(5)
    await settled()
    expect(started).toEqual(['a', 'b'])
    held.a?.release()
    held.a?.release()
    await settled()
    expect(started).toEqual(['a', 'b'])
    held.b?.release()
    await settled()
    expect(started).toEqual(['a', 'b', 'c'])
  })

  it('gives all that there is to a larger request', async () => {
    const { held, started, reserve, settled } = setUp(10)
    reserve('a', 99)
    reserve('b', 1)
    await settled()
    expect(started).toEqual(['a'])
    held.a?.release()
    await settled()
    expect(started).toEqual(['a', 'b'])
  })

  it('is never exceeded, and serves everybody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 }), async (wants) => {
        const budget = createBudget(20)
        let held = 0
        let served = 0
        await Promise.all(
          wants.map(async (wanted) => {
            const reservation = await budget.reserve(wanted)
            const bytes = Math.min(wanted, 20)
            held += bytes
            expect(held).toBeLessThanOrEqual(20)
            await new Promise((resolve) => setImmediate(resolve))
            held -= bytes
            served++
            reservation.release()
          }),
        )
        expect(served).toBe(wants.length)
      }),
    )
  })
})
