// Knows how a collector is started for a proof, and how one waits until all is delivered.
import { apiKey, site as bench } from '../../bench/conversion.js'
import { type Program, startProgram } from '../support/program.js'
import { sleep } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { countPending, type Data } from './data.js'
import type { Sink } from './sink.js'

export interface CollectorOptions {
  data: Data
  sink: Sink
  /** Of a copy; the build as it is unless told. */
  main?: string
  token?: string
  /** Further settings. */
  env?: Record<string, string>
}

let untouched: string | undefined

/** The build as it was when the proof began. */
export function unchangedBuild(): string {
  untouched ??= copyCollector()
  return untouched
}

export function startCollector({ main, ...options }: CollectorOptions): Promise<Program> {
  return startProgram({ argv: [main ?? unchangedBuild()], env: settingsOf(options), cwd: options.data.dir })
}

/** The environment that makes a collector one of the proof. */
export function settingsOf({
  data,
  sink,
  token = bench.accessToken,
  env: further = {},
}: Omit<CollectorOptions, 'main'>): Record<string, string> {
  return {
    TAGFERRY_HOST: '127.0.0.1',
    TAGFERRY_PORT: '0',
    TAGFERRY_DATA_DIR: data.dir,
    TAGFERRY_TIKTOK_URL: sink.origin,
    TAGFERRY_SITES: JSON.stringify([{ ...bench, accessToken: token }]),
    TAGFERRY_API_KEYS: JSON.stringify([{ site: bench.domain, key: apiKey }]),
    TAGFERRY_RATE_LIMIT: 'off',
    TAGFERRY_LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    ...data.env,
    ...further,
  }
}

/** Waits until nothing is pending; gives the seconds that took, or what was left after `withinMs`. */
export async function waitUntilDrained(
  data: Data,
  withinMs: number,
): Promise<{ seconds: number; left: number }> {
  const began = Date.now()
  for (;;) {
    const left = await countPending(data)
    const ms = Date.now() - began
    if (left === 0 || ms > withinMs) return { seconds: ms / 1_000, left }
    await sleep(100)
  }
}
