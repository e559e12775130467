/** `keys revoke`: makes collectors refuse an API key from now on. */
import type { Command } from 'commander'
import { hashApiKey, revokeApiKey } from '../../sites/api-keys.js'
import type { StoredRecord } from '../../store/records.js'
import type { CommandDeps } from '../command.js'
import { missingStore, withStore } from '../store.js'

interface Options {
  site?: string
}

export function addKeysRevoke(keys: Command, deps: CommandDeps): void {
  keys
    .command('revoke <prefix>')
    .description('refuse a key from now on; by the prefix that the list shows, or the whole key')
    .option('--site <domain>', 'of one site only')
    .addHelpText('after', '\nExample: tagferry keys revoke tf_Ab3d')
    .action((prefix: string, options: Options) => runKeysRevoke(prefix, options, deps))
}

async function runKeysRevoke(prefix: string, { site }: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const missing = missingStore(config)
  if (missing) return deps.failUsage(missing)
  // `keys list` prints an ellipsis behind the prefix.
  const text = prefix.replace(/…$/, '')
  const problem = await withStore(config, deps, async (store) => {
    const matches = (await store.records('key')).filter((record) => isMatch(record, text, site))
    const [record] = matches
    if (!record) return `No active key begins with "${text}". "tagferry keys list" shows them.`
    if (matches.length > 1)
      return `${matches.length} keys begin with "${text}": give the whole key, or --site.`
    const { put, change } = revokeApiKey(record, { at: deps.clock(), who: 'command line' })
    await store.write([put], change)
    return undefined
  })
  if (problem !== undefined) return deps.fail(problem)
  deps.print('Revoked: running collectors refuse it within seconds.')
}

/** @param text the prefix, or the whole key */
function isMatch({ id, body }: StoredRecord, text: string, site: string | undefined): boolean {
  const isNamed = body.prefix === text || id === hashApiKey(text)
  return isNamed && body.revokedAt === undefined && (site === undefined || body.site === site)
}
