// Tests the example test suite of a shop (examples/own-tests): it passes against the sandbox, and fails if the shop is broken.
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { type RunningSandbox, startSandbox } from '../support/sandbox.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox?.interrupt())

/** Runs the suite; gives its exit code and output. */
const run = async () => {
  const { Shop, 'For tests': forTests = '' } = sandbox.table
  const env = {
    SHOP: new URL(Shop ?? '').origin,
    TAGFERRY_SANDBOX: forTests.replace('TAGFERRY_SANDBOX=', ''),
    TAGFERRY_CHROMIUM: process.env.TAGFERRY_CHROMIUM,
    NO_COLOR: '1',
  }
  const args = ['run', '--config', 'examples/own-tests/vitest.config.ts']
  const { code, out, err } = await runCli(args, env, { cwd: root, main: vitest })
  return { code, printed: out + err }
}

it('passes', async () => {
  const { code, printed } = await run()
  expect(printed).toMatch(/Tests\s+1 passed/)
  expect(code).toBe(0)
})

it('fails, and says why, if TikTok refuses all events', async () => {
  const inspector = sandbox.table.Inspector
  await fetch(`${inspector}/api/answers`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ answers: [{ kind: 'code', code: 40105 }] }),
  })
  const { code, printed } = await run()
  expect(code).toBe(1)
  expect(printed).toContain('Waited 15000 ms for 1 of')
})
