// Generates load at full speed or at a given rate, with wrk where it is installed, else with autocannon.
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryDir } from '../tests/support/temporary.js'
import { browserBody, browserHeaders } from './conversion.js'

const autocannonScript = fileURLToPath(new URL('./autocannon-load.ts', import.meta.url))
const run = promisify(execFile)

export interface Load {
  requestsPerSecond: number
  /** Answered requests. */
  requests: number
  p50Ms: number
  p99Ms: number
  /** Broken or timed-out connections, and answers that are not 2xx. */
  errors: number
}

export interface LoadOptions {
  origin: string
  seconds: number
  /** Prefix of the event ids, unique to this run. */
  prefix: string
  /** Approximate requests a second; absent: as many as possible. */
  rate?: number
}

const connections = 64
const wrk = (process.env.PATH ?? '')
  .split(delimiter)
  .map((dir) => join(dir, 'wrk'))
  .find((path) => existsSync(path))

export const generator = wrk ? 'wrk, 1 thread' : 'autocannon (takes a core of its own: compare ratios only)'

/** Loads `POST /e` over 64 keep-alive connections. Each request has a new event id. */
export async function load(options: LoadOptions): Promise<Load> {
  const result = wrk ? await withWrk(wrk, options) : await withAutocannon(options)
  if (result.requests === 0) throw new Error(`${options.origin} answered no request at all.`)
  return result
}

const placeholder = 'EVENT-ID'

async function withWrk(program: string, { origin, seconds, prefix, rate }: LoadOptions): Promise<Load> {
  const script = join(temporaryDir(), 'conversion.lua')
  // The rate is connections ÷ (answer time + pause). The answer time is much shorter than the pause.
  const pauseMs = rate ? (connections / rate) * 1000 : 0
  writeFileSync(script, lua(prefix, pauseMs))
  const argv = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, `${origin}/e`]
  const { stdout } = await run(program, argv)
  const line = stdout.split('\n').find((text) => text.startsWith('{'))
  if (!line) throw new Error(`wrk gave no result:\n${stdout}`)
  return JSON.parse(line) as Load
}

const lua = (prefix: string, pauseMs: number) => `
local parts = { ${browserBody(placeholder)
  .split(placeholder)
  .map((part) => `[==[${part}]==]`)
  .join(', ')} }
local headers = { ${Object.entries(browserHeaders)
  .map(([name, value]) => `[${JSON.stringify(name)}] = ${JSON.stringify(value)}`)
  .join(', ')} }
local n = 0
function request()
  n = n + 1
  return wrk.format('POST', '/e', headers, table.concat(parts, '${prefix}-' .. n))
end
${pauseMs > 0 ? `function delay() return math.floor(math.random() * 2 * ${pauseMs} + 0.5) end` : ''}
function done(summary, latency)
  local e = summary.errors
  print(string.format('{"requestsPerSecond":%f,"requests":%d,"p50Ms":%f,"p99Ms":%f,"errors":%d}',
    summary.requests / summary.duration * 1e6, summary.requests,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.timeout + e.status))
end
`

async function withAutocannon(options: LoadOptions): Promise<Load> {
  const argv = ['--import', 'tsx', autocannonScript, JSON.stringify({ ...options, connections })]
  const { stdout } = await run(process.execPath, argv)
  return JSON.parse(stdout) as Load
}
