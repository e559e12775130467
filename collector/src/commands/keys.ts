/** `keys`: the API keys of servers; the key that seals has a file of its own. */
import type { Command } from 'commander'
import { mostKeys, newKey, revokedKey } from '../sites/api-keys.js'
import { type ApiKeyConfig, hashOfKey } from '../sites/registry.js'
import type { CliDeps } from './command.js'
import { addRotate } from './keys-rotate.js'
import { missingStore, printable, withStore } from './parts.js'

const who = 'command line'
const dateOf = (at: number | undefined) =>
  at === undefined ? 'never' : new Date(at).toISOString().slice(0, 16)

export function addKeys(program: Command, given: CliDeps): void {
  const { config, deps, say, refuse, fail } = given
  const keys = program.command('keys').description('API keys of servers, and the key that seals')

  keys
    .command('list')
    .description('list the API keys; the keys themselves are not kept')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample: tagferry keys list')
    .action(async ({ json = false }: { json?: boolean }) => {
      const settings = config()
      if (!settings) return
      const kept = missingStore(settings)
        ? []
        : await withStore(settings, given, (store) => store.records('key'))
      const fixed = settings.apiKeys.map(({ site, key }) => ({ site, prefix: key.slice(0, 4), fixed: true }))
      const made = kept.map(({ body }) => ({
        ...(body as unknown as Omit<ApiKeyConfig, 'id'>),
        fixed: false,
      }))
      if (json) return say(JSON.stringify([...made, ...fixed], null, 2))
      for (const { site, prefix, name, createdAt, lastUsedAt, revokedAt } of made) {
        const state = revokedAt === undefined ? 'active' : 'revoked'
        say(
          printable(
            `${prefix}…  ${site}  "${name}"  ${state}  created ${dateOf(createdAt)}  used ${dateOf(lastUsedAt)}`,
          ),
        )
      }
      for (const { site, prefix } of fixed) say(`${prefix}…  ${site}  set by TAGFERRY_API_KEYS`)
      if (made.length + fixed.length === 0) say('No key yet. "tagferry keys create" makes one.')
    })

  keys
    .command('create')
    .description('make an API key for POST /v1/events; it is shown once')
    .requiredOption('--site <domain>', 'whose events it may send')
    .requiredOption('--name <name>', 'to know it by later')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample: tagferry keys create --site shop.example --name "Order webhook"')
    .action(async ({ site, name, json = false }: { site: string; name: string; json?: boolean }) => {
      const settings = config()
      if (!settings) return
      if (name.trim() === '' || name.length > 100) return fail('A name has 1 to 100 characters.')
      const key = await withStore(settings, given, async (store) => {
        const kept = (await store.records('site')).map(({ id }) => id)
        const known = [...settings.sites.map(({ domain }) => domain), ...kept]
        if (!known.includes(site))
          return { problem: `"${site}" is none of the domains: ${known.join(', ') || 'there is none yet'}.` }
        const count = (await store.records('key')).length
        if (count >= mostKeys)
          return { problem: `There are ${mostKeys} keys already: revoke one, and wait a day.` }
        const made = newKey(site, name.trim(), { at: deps.clock(), who })
        await store.write([made.put], made.change)
        return { text: made.key }
      })
      if (key.problem !== undefined) return refuse(key.problem)
      if (json) return say(JSON.stringify({ key: key.text, site, name }))
      say(String(key.text))
      console.error('Copy it now: it is not kept. Running collectors take it within seconds.')
    })

  keys
    .command('revoke <prefix>')
    .description('refuse a key from now on; by the prefix that the list shows, or the whole key')
    .option('--site <domain>', 'of one site only')
    .addHelpText('after', '\nExample: tagferry keys revoke tf_Ab3d')
    .action(async (prefix: string, { site }: { site?: string }) => {
      const settings = config()
      if (!settings) return
      const missing = missingStore(settings)
      if (missing) return fail(missing)
      const problem = await withStore(settings, given, async (store) => {
        const text = prefix.replace(/…$/, '')
        const found = (await store.records('key')).filter(({ id, body }) => {
          const named = body.prefix === text || id === hashOfKey(text)
          return named && body.revokedAt === undefined && (site === undefined || body.site === site)
        })
        const [record] = found
        if (!record) return `No active key begins with "${text}". "tagferry keys list" shows them.`
        if (found.length > 1)
          return `${found.length} keys begin with "${text}": give the whole key, or --site.`
        const { put, change } = revokedKey(record, { at: deps.clock(), who })
        await store.write([put], change)
        return undefined
      })
      if (problem) return refuse(problem)
      say('Revoked: running collectors refuse it within seconds.')
    })

  addRotate(keys, given)
}
