// Starts the collectors of experiments, and waits until they have delivered everything.
import { apiKey, site } from '../../bench/conversion.js'
import { type Collector, startCollector as startBuild } from '../support/collector.js'
import { sleep } from '../support/wait.js'
import { copyCollector } from './build-copy.js'
import { countPending, type Data } from './data.js'
import type { Sink } from './sink.js'

export interface CollectorOptions {
  data: Data
  sink: Sink
  /** `main.js` of a copy of the build; without it the unchanged one. */
  main?: string
  /** Access Token. */
  token?: string
  /** Further settings. */
  env?: Record<string, string>
}

let unchanged: string | undefined

/** `main.js` of a copy of the build as it was when the experiment began. */
export function unchangedBuild(): string {
  unchanged ??= copyCollector()
  return unchanged
}

export function startCollector({
  main = unchangedBuild(),
  ...options
}: CollectorOptions): Promise<Collector> {
  return startBuild({ main, env: settingsOf(options), dataDir: options.data.dir })
}

/** The environment of a collector that has one site and sends to the sink. */
export function settingsOf({
  data,
  sink,
  token = site.accessToken,
  env = {},
}: Omit<CollectorOptions, 'main'>): Record<string, string> {
  return {
    TAGFERRY_HOST: '127.0.0.1',
    TAGFERRY_PORT: '0',
    TAGFERRY_DATA_DIR: data.dir,
    TAGFERRY_TIKTOK_URL: sink.origin,
    TAGFERRY_SITES: JSON.stringify([{ ...site, accessToken: token }]),
    TAGFERRY_API_KEYS: JSON.stringify([{ site: site.domain, key: apiKey }]),
    TAGFERRY_RATE_LIMIT: 'off',
    TAGFERRY_LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    ...data.env,
    ...env,
  }
}

/** Beyond the 60 s of a lease, with room for a busy machine. It only matters if something is never delivered. */
const drainLimitMs = 300_000

/**
 * Waits until no delivery is pending.
 * @returns seconds that this took, and deliveries that were left after `limitMs`
 */
export async function waitUntilDrained(
  data: Data,
  limitMs = drainLimitMs,
): Promise<{ seconds: number; left: number }> {
  const startedAt = Date.now()
  for (;;) {
    const left = await countPending(data)
    const ms = Date.now() - startedAt
    if (left === 0 || ms > limitMs) return { seconds: ms / 1_000, left }
    await sleep(100)
  }
}
