// Starts the measured servers, each in a process of its own, and reads their memory.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { startCollector } from '../tests/support/collector.js'
import { type Program, startProgram } from '../tests/support/program.js'
import { apiKey, site } from './conversion.js'
import type { SinkStats } from './sink.js'

const local = (file: string) => fileURLToPath(new URL(file, import.meta.url))

export const startBaseline = (kind: 'usual' | 'preset') =>
  startProgram({
    argv: ['--import', 'tsx', local('./baseline.ts'), kind],
    env: { NODE_ENV: 'production' },
  })

export interface Sink extends Program {
  stats(): Promise<SinkStats>
  set(settings: { delayMs?: number; mode?: 'answer' | 'hold' | 'refuse' }): Promise<void>
  /** Resolves when no event has arrived for half a second. */
  quiet(): Promise<SinkStats>
}

export async function startSink(): Promise<Sink> {
  const program = await startProgram({ argv: ['--import', 'tsx', local('./sink.ts')] })
  const get = async (path: string) => (await (await fetch(`${program.origin}${path}`)).json()) as SinkStats
  const stats = () => get('/stats')
  return {
    ...program,
    stats,
    async set({ delayMs, mode }) {
      const query = new URLSearchParams()
      if (delayMs !== undefined) query.set('delayMs', String(delayMs))
      if (mode !== undefined) query.set('mode', mode)
      await get(`/control?${query}`)
    },
    async quiet() {
      for (let before = await stats(); ; ) {
        await sleep(500)
        const now = await stats()
        if (now.events === before.events) return now
        before = now
      }
    },
  }
}

/**
 * Starts the collector as it ships, with every stage on: database on disk, hashing, encryption, relay.
 * @param env settings that replace the defaults, such as another database than a new SQLite file
 */
export const startMeasuredCollector = (sink: Sink, env: Record<string, string> = {}, dataDir?: string) =>
  startCollector({
    ...(dataDir !== undefined && { dataDir }),
    env: {
      NODE_ENV: 'production',
      TAGFERRY_SITES: JSON.stringify([site]),
      TAGFERRY_API_KEYS: JSON.stringify([{ site: site.domain, key: apiKey }]),
      TAGFERRY_RATE_LIMIT: 'off',
      TAGFERRY_TIKTOK_URL: sink.origin,
      ...env,
    },
  })

/** Resident memory in MB; undefined where there is no /proc. */
export function residentMb(pid: number): number | undefined {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kb === undefined ? undefined : Math.round(Number(kb) / 1024)
  } catch {
    return undefined
  }
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
