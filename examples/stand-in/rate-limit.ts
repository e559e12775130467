/** Limits the requests of each token within one second. */

export interface RateLimit {
  /** Counts one request and tells whether it exceeds the limit. */
  isExceeded(token: string): boolean
}

/** TikTok documents 1,000 requests a second (doc 1771100779668482). */
export const createRateLimit = (perSecond: number, now: () => number): RateLimit => {
  let second = 0
  let counts = new Map<string, number>()
  return {
    isExceeded: (token) => {
      const current = Math.floor(now() / 1000)
      if (current !== second) {
        second = current
        counts = new Map()
      }
      const count = (counts.get(token) ?? 0) + 1
      counts.set(token, count)
      return count > perSecond
    },
  }
}
