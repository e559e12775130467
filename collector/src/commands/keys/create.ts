/** `keys create`: makes an API key and prints it once. */
import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { createApiKey, maxApiKeys } from '../../sites/api-keys.js'
import { type NamedSite, siteNamed } from '../../sites/hosts.js'
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
    const sites = await namesOfSites(store, config)
    const domain = siteNamed(sites, site)?.domain
    if (domain === undefined) return { problem: notFound(site, sites) }
    if ((await store.records('key')).length >= maxApiKeys) return { problem: tooManyKeys }
    const { key, put, change } = createApiKey(domain, name.trim(), { at: deps.clock(), who: 'command line' })
    await store.write([put], change)
    return { key, domain }
  })
  if (created.problem !== undefined) return deps.fail(created.problem)
  if (json) return deps.print(JSON.stringify({ key: created.key, site: created.domain, name }))
  deps.print(created.key)
  deps.note('Copy it now: it is not kept. Running collectors take it within seconds.')
}

const tooManyKeys = `There are ${maxApiKeys} keys already: revoke one, and wait a day.`

const notFound = (site: string, sites: readonly NamedSite[]) =>
  `"${site}" is none of the domains: ${sites.map(({ domain }) => domain).join(', ') || 'there is none yet'}.`

/** Sites of the settings and of the store. */
async function namesOfSites(store: Pick<Records, 'records'>, { sites }: Config): Promise<NamedSite[]> {
  const stored = await store.records('site')
  return [...sites, ...stored.map(({ id, body }) => ({ domain: id, aliases: aliasesOf(body) }))]
}

const aliasesOf = ({ aliases }: Record<string, unknown>): string[] =>
  Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string') : []
