/** What most commands need: the store of the settings, where the collector listens, lines that a terminal can show. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { loadKeyring } from '../config/keyring.js'
import { openStore } from '../store/open.js'
import type { Outbox } from '../store/outbox.js'
import type { CliDeps } from './command.js'

/** Opens the store for one command, and closes it again whatever comes. */
export async function withStore<Result>(
  settings: Config,
  { deps }: Pick<CliDeps, 'deps'>,
  use: (store: Outbox) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(settings, loadKeyring(settings.secret, settings.dataDir), deps)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** A sentence where there is no store yet: opening would make one, in a folder that nobody may have meant. */
export function missingStore({ databaseUrl, dataDir }: Config): string | undefined {
  const file = join(dataDir, 'tagferry.db')
  if (databaseUrl !== undefined || existsSync(file)) return undefined
  return `There is no ${file}: no collector has run with this data folder. Run the command where the collector runs, or set TAGFERRY_DATA_DIR.`
}

/** Where the collector of these settings listens. */
export function urlOf({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** Its answer, or a sentence on why there is none. */
export async function ask(
  url: string,
  path: string,
  options: RequestInit = {},
  withinMs = 10_000,
): Promise<{ status: number; body: unknown } | string> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    return `"${url}" is no address: give one such as http://127.0.0.1:8787.`
  try {
    const signal = AbortSignal.timeout(withinMs)
    const response = await fetch(new URL(path, url), { redirect: 'error', ...options, signal })
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
    const why = cause?.code ?? cause?.message ?? message
    return `No collector answers at ${url} (${why}). Start it, or name another one with --url.`
  }
}

/** Names come from anybody: nothing in them may steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
export const printable = (line: string) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
