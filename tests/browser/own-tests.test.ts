/** A shop's own test suite (examples/own-tests) passes against the sandbox, and fails where the shop is broken. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from '../support/sandbox.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))

let sandbox: RunningSandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox?.interrupt())

/** What the suite printed; `failed` when it said no. */
const run = async () => {
  const { Shop, 'For tests': forTests = '' } = sandbox.table
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV$|TAGFERRY_SANDBOX$)/.test(name),
  )
  const env = {
    ...Object.fromEntries(own),
    SHOP: new URL(Shop ?? '').origin,
    TAGFERRY_SANDBOX: forTests.replace('TAGFERRY_SANDBOX=', ''),
    NO_COLOR: '1',
  }
  const argv = [vitest, 'run', '--config', 'examples/own-tests/vitest.config.ts']
  return promisify(execFile)(process.execPath, argv, { cwd: root, env }).then(
    ({ stdout }) => ({ failed: false, printed: stdout }),
    (error: { stdout: string; stderr: string }) => ({ failed: true, printed: error.stdout + error.stderr }),
  )
}

it('passes', async () => {
  const { failed, printed } = await run()
  expect(printed).toMatch(/Tests\s+1 passed/)
  expect(failed).toBe(false)
})

it('fails, and says why, when nothing is taken', async () => {
  const inspector = sandbox.table.Inspector
  await fetch(`${inspector}/api/answers`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ answers: [{ kind: 'code', code: 40105 }] }),
  })
  const { failed, printed } = await run()
  expect(failed).toBe(true)
  expect(printed).toContain('Waited 5000 ms for 1 of')
})
