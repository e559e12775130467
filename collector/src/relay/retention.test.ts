import { describe, expect, it, vi } from 'vitest'
import { startRetention } from './retention.js'

const log = { info() {}, error() {} }

describe('retention', () => {
  it('goes through all pages, and asks for what is older than so many days', async () => {
    const asked: number[][] = []
    const store = {
      async purge(before: number, after: number) {
        asked.push([before, after])
        return after < 2_000 ? { removed: 1, next: after + 1_000 } : { removed: 0 }
      },
    }
    const now = 100 * 86_400_000
    const stop = startRetention({ store, days: 90, clock: () => now, log })
    await vi.waitFor(() => expect(asked).toHaveLength(3))
    stop()
    const before = 10 * 86_400_000
    expect(asked).toEqual([
      [before, 0],
      [before, 1_000],
      [before, 2_000],
    ])
  })

  it('stops between two pages', async () => {
    let pages = 0
    const stop: () => void = startRetention({
      store: {
        async purge() {
          pages++
          stop()
          return { removed: 1, next: pages }
        },
      },
      days: 1,
      clock: () => 0,
      log,
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(pages).toBe(1)
  })
})
