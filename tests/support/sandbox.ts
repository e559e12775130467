// Starts the built sandbox, reads the table it prints, and ends it as Ctrl-C does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from './port.js'
import { killOnExit } from './temporary.js'
import { waitLimitMs } from './wait.js'

const file = fileURLToPath(new URL('../../examples/dist/sandbox.js', import.meta.url))
const startLimitMs = 2 * waitLimitMs

export interface RunningSandbox {
  /** The printed table: `Shop`, `Inspector`, `Collector`, `For tests`, … and the value of each. */
  table: Record<string, string>
  printed(): string
  /** Sends SIGINT a number of times; gives the exit code. */
  interrupt(times?: number): Promise<number | null>
  /** Sends SIGKILL. */
  kill(): Promise<void>
}

/** Runs the sandbox to its end, for flags that it refuses. */
export async function runSandbox(...flags: string[]): Promise<{ code: number | null; printed: string }> {
  const { child, printed } = spawnSandbox(flags)
  const [code] = await once(child, 'close')
  return { code, printed: printed() }
}

/** Starts the sandbox on a free port unless `flags` name one. */
export async function startSandbox(...flags: string[]): Promise<RunningSandbox> {
  const port = flags.includes('--port') ? [] : ['--port', String(await freePort())]
  const { child, printed } = spawnSandbox([...port, ...flags])
  const closed = once(child, 'close')
  const timer = setTimeout(() => child.kill('SIGKILL'), startLimitMs)
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => printed().includes('Ctrl-C ends it.') && resolve())
    void closed.then(() => reject(new Error(`The sandbox did not start:\n${printed()}`)))
  })
  clearTimeout(timer)
  const rows = printed().matchAll(/^ {2}(\w[\w ]*?) {2,}(\S+)$/gm)
  return {
    table: Object.fromEntries(Array.from(rows, ([, name, url]) => [name, url])),
    printed,
    async interrupt(times = 1) {
      for (let time = 0; time < times; time++) {
        child.kill('SIGINT')
        // Two signals at once arrive as one.
        if (time + 1 < times) await once(child.stdout, 'data')
      }
      return (await closed)[0]
    },
    async kill() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

function spawnSandbox(flags: string[]) {
  const child = spawn(process.execPath, [file, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  killOnExit(child)
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { child, printed: () => Buffer.concat(chunks).toString('utf8') }
}
