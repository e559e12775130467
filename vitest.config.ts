// Groups the tests: unit tests beside the source, the script under jsdom, whole processes, real browsers.
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Limits are for hangs alone: a test ends as soon as its conditions hold, also on a machine with other work. */
const limits = {
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 60_000, interval: 50 } },
}

export default defineConfig({
  test: {
    // Most tests wait for processes and browsers, so that two files run at a time even on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          ...limits,
          name: 'unit',
          include: ['collector/src/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts'],
          environment: 'node',
          globalSetup: 'tests/support/postgres.ts',
        },
      },
      {
        test: {
          ...limits,
          name: 'snippet',
          include: ['snippet/src/**/*.test.ts'],
          environment: 'jsdom',
        },
      },
      {
        test: {
          ...limits,
          name: 'integration',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/browser/**'],
          globalSetup: 'tests/support/postgres.ts',
        },
      },
      {
        test: {
          ...limits,
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
        },
      },
    ],
  },
})
