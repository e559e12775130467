/** `keys create`: makes an API key and prints it once. */
import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { createApiKey, maxApiKeys } from '../../sites/api-keys.js'
import type { Records } from '../../store/records.js'
import type { CommandDeps } from '../command.js'
import { withStore } from '../store.js'

interface Options {
  site: string
  name: string
  json?: boolean
}

const maxNameLength = 100

export function addKeysCreate(keys: Command, deps: CommandDeps): void {
  keys
    .command('create')
    .description('make an API key for POST /v1/events; it is shown once')
    .requiredOption('--site <domain>', 'whose events it may send')
    .requiredOption('--name <name>', 'to know it by later')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample: tagferry keys create --site shop.example --name "Order webhook"')
    .action((options: Options) => runKeysCreate(options, deps))
}

async function runKeysCreate({ site, name, json }: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  if (name.trim() === '' || name.length > maxNameLength)
    return deps.failUsage(`A name has 1 to ${maxNameLength} characters.`)
  const created = await withStore(config, deps, async (store) => {
    const problem = await findProblem(store, config, site)
    if (problem !== undefined) return { problem }
    const { key, put, change } = createApiKey(site, name.trim(), { at: deps.clock(), who: 'command line' })
    await store.write([put], change)
    return { key }
  })
  if (created.problem !== undefined) return deps.fail(created.problem)
  if (json) return deps.print(JSON.stringify({ key: created.key, site, name }))
  deps.print(created.key)
  deps.note('Copy it now: it is not kept. Running collectors take it within seconds.')
}

/** Says in a sentence why no key can be made for the site. */
async function findProblem(
  store: Pick<Records, 'records'>,
  { sites }: Config,
  site: string,
): Promise<string | undefined> {
  const stored = await store.records('site')
  const domains = [...sites.map(({ domain }) => domain), ...stored.map(({ id }) => id)]
  if (!domains.includes(site))
    return `"${site}" is none of the domains: ${domains.join(', ') || 'there is none yet'}.`
  const keys = await store.records('key')
  return keys.length >= maxApiKeys
    ? `There are ${maxApiKeys} keys already: revoke one, and wait a day.`
    : undefined
}
