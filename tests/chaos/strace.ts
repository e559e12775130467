// Injects faults into system calls of a running process with strace, and counts the calls.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { killOnExit, temporaryDir } from '../support/temporary.js'

export const strace = 'strace'

export interface Trace {
  /** Calls of the busiest thread, which is that of the store. Complete once the process has ended. */
  calls(): string[]
  /** Resolves when the traced process has ended. */
  ended: Promise<unknown>
}

/** Why calls cannot be traced on this machine, or undefined. */
export function straceProblem(): string | undefined {
  const { status } = spawnSync(strace, ['-o', '/dev/null', 'true'])
  return status === 0 ? undefined : 'strace is missing or not allowed here (apt-get install strace)'
}

/**
 * Traces all threads of a process.
 * @param inject such as `fsync:error=EIO:when=3`; strace counts the calls of each thread
 */
export async function trace(pid: number, inject?: string): Promise<Trace> {
  const log = join(temporaryDir(), 'calls')
  const argv = ['-f', '-p', String(pid), '-e', 'trace=pwrite64,fsync,fdatasync', '-o', log]
  const child = spawn(strace, inject ? [...argv, '-e', `inject=${inject}`] : argv, {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  killOnExit(child)
  await new Promise<void>((resolve, reject) => {
    let printed = ''
    child.stderr.on('data', (chunk: Buffer) => {
      printed += chunk
      if (/attached/.test(printed)) resolve()
    })
    child.once('exit', () => reject(new Error(`strace did not attach: ${printed}`)))
  })
  return { calls: () => busiest(readFileSync(log, 'utf8')), ended: once(child, 'close') }
}

function busiest(log: string): string[] {
  const byThread = new Map<string, string[]>()
  for (const [, thread = '', call = ''] of log.matchAll(/^(\d+) +(pwrite64|fsync|fdatasync)\(/gm))
    byThread.set(thread, [...(byThread.get(thread) ?? []), call])
  return [...byThread.values()].sort((a, b) => b.length - a.length)[0] ?? []
}
