// Runs test cases at the same time: cases that mostly wait then take as long as the longest of them.
import { beforeAll, it } from 'vitest'

/** Starts all cases before the first test. Each test then waits for its own case. */
export function runConcurrently(cases: Record<string, () => Promise<void>>): void {
  const started = new Map<string, Promise<void>>()
  beforeAll(() => {
    for (const [name, run] of Object.entries(cases)) {
      const running = run()
      // The test of the case reports the failure.
      running.catch(() => {})
      started.set(name, running)
    }
  })
  for (const name of Object.keys(cases)) it(name, () => started.get(name))
}

/** The same case for each entry of a list; `%s` in the name stands for the entry. */
export const each = <T extends string>(name: string, list: readonly T[], run: (entry: T) => Promise<void>) =>
  Object.fromEntries(list.map((entry) => [name.replace('%s', entry), () => run(entry)]))
