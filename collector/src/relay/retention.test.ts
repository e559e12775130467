import { describe, expect, it, vi } from 'vitest'
import { startRetention } from './retention.js'

const log = { info() {}, error() {} }

describe('retention', () => {
  it('reads all pages, and removes events and attempts that are older than the given days', async () => {
    const calls: number[][] = []
    const attemptCalls: number[] = []
    const info = vi.fn()
    const store = {
      async purge(before: number, after: number) {
        calls.push([before, after])
        return after < 2_000 ? { removed: 1, next: after + 1_000 } : { removed: 0 }
      },
      async purgeAttempts(before: number, limit: number) {
        attemptCalls.push(before)
        return attemptCalls.length < 3 ? limit : 7
      },
    }
    const now = 100 * 86_400_000
    const stop = startRetention({ store, days: 90, clock: () => now, log: { ...log, info } })
    await vi.waitFor(() => expect(info).toHaveBeenCalled())
    stop()
    const before = 10 * 86_400_000
    expect(calls).toEqual([
      [before, 0],
      [before, 1_000],
      [before, 2_000],
    ])
    expect(attemptCalls).toEqual([before, before, before])
    expect(info.mock.calls[0]?.[0]).toEqual({ removed: 2, attempts: 2_007, days: 90 })
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
        async purgeAttempts() {
          pages++
          return 0
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
