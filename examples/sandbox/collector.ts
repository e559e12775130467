/** Knows how the collector runs as a process of its own: started, awaited, stopped, its log kept. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

const READY_WITHIN_MS = 30_000
/** contract.md promises ten seconds for draining; after that nobody waits any longer. */
const GONE_WITHIN_MS = 11_000

export interface Collector {
  /** Resolves once it listens, with the one-time set-up link if it printed one; rejects with one sentence. */
  ready: Promise<{ setupLink: string | undefined }>
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

/** Resolves at the line `listening on http://…`; keeps every line in the log file. */
const watchLines = (child: ChildProcess, logFile: string) => {
  const log = createWriteStream(logFile)
  const last: string[] = []
  const found: { setupLink: string | undefined } = { setupLink: undefined }
  const listening = new Promise<true>((resolve) => {
    for (const input of [child.stdout, child.stderr])
      if (input)
        createInterface({ input }).on('line', (line) => {
          log.write(`${line}\n`)
          last.push(line)
          if (last.length > 10) last.shift()
          found.setupLink ??= /https?:\/\/\S*\/admin\/set-?up[^\s"]*/.exec(line)?.[0]
          if (/listening on https?:\/\//.test(line)) resolve(true)
        })
  })
  return { listening, found, last }
}

/** Starts `program` with Node; stop it also when it never gets ready. */
export const startCollector = (program: string, env: Record<string, string>, logFile: string): Collector => {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C must reach the sandbox alone, which then stops the collector in order.
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
    if (!ready) throw new Error(`The collector did not start. Its last lines:\n${last.join('\n')}`)
    return found
  }
  return { ready: wait(), ended, stop: stopper(child, ended) }
}
