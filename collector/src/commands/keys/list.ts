/** `keys list`: prints the API keys by their prefix; the keys themselves are not stored. */
import type { Command } from 'commander'
import type { ApiKeyConfig } from '../../sites/registry.js'
import type { CommandDeps } from '../command.js'
import { printable } from '../output.js'
import { missingStore, withStore } from '../store.js'

interface Options {
  json?: boolean
}

export function addKeysList(keys: Command, deps: CommandDeps): void {
  keys
    .command('list')
    .description('list the API keys; the keys themselves are not kept')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample: tagferry keys list')
    .action((options: Options) => runKeysList(options, deps))
}

async function runKeysList({ json }: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const records = missingStore(config) ? [] : await withStore(config, deps, (store) => store.records('key'))
  const stored = records.map(({ body }) => ({
    ...(body as unknown as Omit<ApiKeyConfig, 'id'>),
    fixed: false,
  }))
  const fromEnv = config.apiKeys.map(({ site, key }) => ({ site, prefix: key.slice(0, 4), fixed: true }))
  if (json) return deps.print(JSON.stringify([...stored, ...fromEnv], null, 2))
  for (const key of stored) deps.print(lineOf(key))
  for (const { site, prefix } of fromEnv) deps.print(`${prefix}…  ${site}  set by TAGFERRY_API_KEYS`)
  if (stored.length + fromEnv.length === 0) deps.print('No key yet. "tagferry keys create" makes one.')
}

function lineOf({ prefix, site, name, createdAt, lastUsedAt, revokedAt }: Omit<ApiKeyConfig, 'id'>): string {
  const state = revokedAt === undefined ? 'active' : 'revoked'
  const used = lastUsedAt === undefined ? 'never' : formatTime(lastUsedAt)
  return printable(`${prefix}…  ${site}  "${name}"  ${state}  created ${formatTime(createdAt)}  used ${used}`)
}

const formatTime = (at: number) => new Date(at).toISOString().slice(0, 16)
