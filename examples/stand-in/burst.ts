/** Knows how many requests a token sent within the present second. */

export interface Burst {
  /** Counts one request and says whether it was one too many. */
  exceeded(token: string): boolean
}

/** `perSecond` 1,000 is the documented limit (TikTok doc 1771100779668482). */
export const createBurst = (perSecond: number, now: () => number): Burst => {
  let second = 0
  let counts = new Map<string, number>()
  return {
    exceeded: (token) => {
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
