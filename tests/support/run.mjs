// Runs everything that `npm test` checks. The last line is "N passed, N failed".
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const failedSteps = []

/** Runs one step. With `quiet` its output is printed at its end and only if it fails, for steps that run at the same time. */
function step(name, command, { quiet = false } = {}) {
  const startedAt = performance.now()
  if (!quiet) console.log(`\n── ${name}: ${command.join(' ')}`)
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {
      cwd: root,
      env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    })
    const printed = []
    child.stdout?.on('data', (chunk) => printed.push(chunk))
    child.stderr?.on('data', (chunk) => printed.push(chunk))
    const end = (code, reason) => {
      const passed = code === 0
      if (quiet) console.log(`\n── ${name}: ${command.join(' ')}`)
      if (quiet && !passed) process.stdout.write(Buffer.concat(printed))
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      console.log(`${passed ? 'ok' : `FAILED (${reason})`}: ${name}, ${seconds} s`)
      if (!passed) failedSteps.push(name)
      resolve(passed)
    }
    child.once('error', (error) => end(null, error.message))
    child.once('close', (code, signal) => end(code, code === null ? signal : `exit code ${code}`))
  })
}

/** Passed and failed tests of vitest's JSON report. A file that does not load counts as one failure. */
function count(report) {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  )
  return { passed: numPassedTests, failed: numFailedTests + unloaded.length }
}

async function tests() {
  const dir = mkdtempSync(join(tmpdir(), 'tagferry-report-'))
  const report = join(dir, 'vitest.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const ok = await step('tests', ['vitest', 'run', ...reporters, ...process.argv.slice(2)])
  let counted = { passed: 0, failed: 0 }
  try {
    counted = count(report)
  } catch {
    console.log('vitest left no report: it did not run to its end')
  }
  rmSync(dir, { recursive: true, force: true })
  // A step that fails without a failed test, such as by an unhandled rejection, counts as one failure.
  if (!ok && counted.failed === 0) counted.failed = 1
  return counted
}

const built = await step('build', ['rollup', '-c'])
await Promise.all([
  step('types', ['tsc', '--noEmit', '-p', '.'], { quiet: true }),
  step('types of the snippet', ['tsc', '--noEmit', '-p', 'snippet'], { quiet: true }),
  step('types of its tests', ['tsc', '--noEmit', '-p', 'snippet/tsconfig.test.json'], { quiet: true }),
  step('lint', ['biome', 'check'], { quiet: true }),
  step('unused code', ['knip'], { quiet: true }),
])
const stepsFailed = failedSteps.length
let { passed, failed } = { passed: 0, failed: 0 }
// Tests of an old build would prove nothing.
if (built) ({ passed, failed } = await tests())
else console.log('\n── tests: not run, because the build failed')

if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`)
console.log(`\n${passed} passed, ${failed + stepsFailed} failed`)
process.exitCode = failedSteps.length > 0 ? 1 : 0
