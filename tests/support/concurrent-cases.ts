// Knows how tests that mostly wait run in the time of the longest, however few vitest would begin at once.
import { beforeAll, it } from 'vitest'

/** Begins every case before the first test; each test then waits for its own. */
export function runConcurrently(cases: Record<string, () => Promise<void>>): void {
  const begun = new Map<string, Promise<void>>()
  beforeAll(() => {
    for (const [name, run] of Object.entries(cases)) {
      const running = run()
      // Its own test will tell.
      running.catch(() => {})
      begun.set(name, running)
    }
  })
  for (const name of Object.keys(cases)) it(name, () => begun.get(name))
}

/** The same case for each of a list: `each('%s', list, run)`. */
export const each = <T extends string>(name: string, list: readonly T[], run: (entry: T) => Promise<void>) =>
  Object.fromEntries(list.map((entry) => [name.replace('%s', entry), () => run(entry)]))
