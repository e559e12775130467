// Makes temporary directories and child processes that end with the process of the tests.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const directories = new Set<string>()
const children = new Set<ChildProcess>()

/** Makes an empty directory that is removed when this process ends. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tagferry-test-'))
  directories.add(dir)
  return dir
}

/** Kills the child when this process ends before it. */
export function killOnExit(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const dir of directories) rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
})
// vitest ends its workers with SIGTERM, which alone would run no exit handler; Ctrl-C ends a benchmark.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))
