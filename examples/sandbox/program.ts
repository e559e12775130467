/** Knows how collector and database run as processes of their own: started, awaited, stopped, the log kept. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

const READY_WITHIN_MS = 30_000
/** contract.md promises ten seconds for draining; after that nobody waits any longer. */
const GONE_WITHIN_MS = 11_000

/** Runs before the program: its standard input ends when the sandbox is gone, even killed; then it goes too. */
const GOES_WITH_US = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads'
  if (isMainThread) process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM')).resume().unref()
`)}`

export interface Program {
  /** Resolves once it listens, with where; rejects with one sentence. */
  ready: Promise<{ url: string }>
  /** Resolves with the exit code as soon as the process is gone, for whatever reason. */
  ended: Promise<number | null>
  stop(): Promise<void>
}

const watchEnd = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', (code) => resolve(code))
  })

const stopper = (child: ChildProcess, ended: Promise<unknown>) => async () => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), GONE_WITHIN_MS)
  await ended
  clearTimeout(timer)
}

/** Resolves at the line `listening on …`; keeps every line in the log file. */
const watchLines = (child: ChildProcess, logFile: string) => {
  const log = createWriteStream(logFile)
  const last: string[] = []
  const found = { url: '' }
  const listening = new Promise<true>((resolve) => {
    for (const input of [child.stdout, child.stderr])
      if (input)
        createInterface({ input }).on('line', (line) => {
          log.write(`${line}\n`)
          last.push(line)
          if (last.length > 10) last.shift()
          const url = /listening on (\w+:\/\/[^\s"]+)/.exec(line)?.[1]
          if (!url) return
          found.url = url
          resolve(true)
        })
  })
  return { listening, found, last }
}

export interface ProgramOptions {
  /** Who it is, in the sentence that says that it did not start. */
  name: string
  /** The script, run by this very Node. */
  file: string
  env?: Record<string, string>
  logFile: string
}

/** Stop it also when it never gets ready. */
export const startProgram = ({ name, file, env, logFile }: ProgramOptions): Program => {
  const child = spawn(process.execPath, ['--import', GOES_WITH_US, file], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C must reach the sandbox alone, which then stops its programs in order.
    detached: true,
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const ended = watchEnd(child)
  const { listening, found, last } = watchLines(child, logFile)
  const wait = async () => {
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, READY_WITHIN_MS, false)
    })
    const ready = await Promise.race([listening, ended.then(() => false), tooLate])
    clearTimeout(timer)
    if (!ready) throw new Error(`${name} did not start. Its last lines:\n${last.join('\n')}`)
    return found
  }
  return { ready: wait(), ended, stop: stopper(child, ended) }
}
