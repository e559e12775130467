/** Runs these tests: `npm run sandbox` in one window, `npx vitest --config examples/own-tests/vitest.config.ts` in another. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
