/** Runs the collector and the database as child processes: starts them, waits for them, stops them, keeps their log. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

const READY_TIMEOUT_MS = 30_000
/** The collector drains within ten seconds; after one more it is killed. */
const STOP_TIMEOUT_MS = 11_000

/** Imported before the program. Its standard input closes when the sandbox ends, even by SIGKILL; then it exits too. */
const EXIT_WITH_PARENT = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads'
  if (isMainThread) process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM')).resume().unref()
`)}`

export interface Program {
  /** Resolves with the URL once the program listens; rejects with one sentence. */
  ready: Promise<{ url: string }>
  /** Resolves with the exit code when the process has ended, for any reason. */
  ended: Promise<number | null>
  stop(): Promise<void>
}

const exitCodeOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', (code) => resolve(code))
  })

const createStop = (child: ChildProcess, ended: Promise<unknown>) => async () => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}

/** Resolves at the line `listening on …`, and writes every line to the log file. */
const watchLines = (child: ChildProcess, logFile: string) => {
  const log = createWriteStream(logFile)
  const lastLines: string[] = []
  const address = { url: '' }
  const listening = new Promise<true>((resolve) => {
    for (const input of [child.stdout, child.stderr])
      if (input)
        createInterface({ input }).on('line', (line) => {
          log.write(`${line}\n`)
          lastLines.push(line)
          if (lastLines.length > 10) lastLines.shift()
          const url = /listening on (\w+:\/\/[^\s"]+)/.exec(line)?.[1]
          if (!url) return
          address.url = url
          resolve(true)
        })
  })
  return { listening, address, lastLines }
}

export interface ProgramOptions {
  /** Name of the program in error messages. */
  name: string
  /** Script, run by the same Node. */
  file: string
  env?: Record<string, string>
  logFile: string
}

/** Call `stop` even if the program never becomes ready. */
export const startProgram = ({ name, file, env, logFile }: ProgramOptions): Program => {
  const child = spawn(process.execPath, ['--import', EXIT_WITH_PARENT, file], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Only the sandbox receives Ctrl-C, and then stops its programs in order.
    detached: true,
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const ended = exitCodeOf(child)
  const { listening, address, lastLines } = watchLines(child, logFile)
  const waitUntilReady = async () => {
    let timer: NodeJS.Timeout | undefined
    const timedOut = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, READY_TIMEOUT_MS, false)
    })
    const ready = await Promise.race([listening, ended.then(() => false), timedOut])
    clearTimeout(timer)
    if (!ready) throw new Error(`${name} did not start. Its last lines:\n${lastLines.join('\n')}`)
    return address
  }
  return { ready: waitUntilReady(), ended, stop: createStop(child, ended) }
}
