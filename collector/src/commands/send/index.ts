/** `send`: posts one event to the running collector, and prints what became of it. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { hourMs } from '../../time.js'
import type { WireAnswer } from '../../wire.js'
import { type CollectorResponse, callCollector, collectorUrl } from '../collector-client.js'
import type { CommandDeps } from '../command.js'
import { printable } from '../output.js'
import { missingStore, withStore } from '../store.js'
import { composeEvent } from './event.js'
import { follow } from './follow.js'

const maxWaitMs = hourMs

interface Options {
  site?: string
  override: string[]
  file?: string
  key?: string
  url?: string
  wait: string
  json?: boolean
}

export function addSend(program: Command, deps: CommandDeps): void {
  program
    .command('send [event]')
    .description('send one event to the running collector; exits with 1 when it or TikTok refuses')
    .option('--site <domain>', 'whose event it is; by default the site of the key')
    .option(
      '--override <path=value>',
      'set a field; may be repeated',
      (value, previous: string[]) => [...previous, value],
      [],
    )
    .option('--file <path>', 'take the event from a file of JSON')
    .option('--key <key>', 'API key; by default TAGFERRY_KEY, or the first of TAGFERRY_API_KEYS')
    .option('--url <origin>', 'where the collector listens; by default as the settings say')
    .option('--wait <seconds>', "how long to wait for TikTok's answer", '15')
    .option('--json', 'print what became of it as JSON')
    .addHelpText('after', '\nExample: tagferry send Purchase --override user.email=jane@example.com')
    .action((name: string | undefined, options: Options) => runSend(name, options, deps))
}

async function runSend(name: string | undefined, options: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const request = readRequest(name, options, config, deps.apiKey)
  if (typeof request === 'string') return deps.failUsage(request)
  const { site, key, event, waitMs } = request
  const sentAt = deps.clock()
  const response = await callCollector(options.url ?? collectorUrl(config), '/v1/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ site, events: [event] }),
  })
  if (typeof response === 'string') return deps.fail(response)
  if (response.status !== 202) return deps.fail(refusalText(response))
  const { ids, duplicates, skipped, warnings = [] } = response.body as WireAnswer
  for (const { path, warning } of warnings) deps.note(printable(`Warning: ${path}: ${warning}`))
  const [eventId = ''] = ids
  if (skipped[0]) {
    const { event_id: id, reason } = skipped[0]
    if (options.json) deps.print(JSON.stringify({ site, eventId: id, state: 'skipped', reason }))
    return deps.fail(`Skipped: ${reason}. "tagferry doctor" tells why, docs/events.md what it means.`)
  }
  const label = printable(`${event.event} [${eventId}] ${site}`)
  if (duplicates > 0) return deps.print(`${label} is a duplicate: stored before, and not sent again.`)
  if (missingStore(config))
    return deps.print(
      `${label} is accepted. What TikTok answers is not shown: the store is not on this machine.`,
    )
  const { json = false } = options
  await withStore(config, deps, (store) =>
    follow(store, { site, eventId, sentAt, until: sentAt + waitMs, json }, deps),
  )
}

interface Request {
  site: string
  key: string
  event: Record<string, unknown>
  /** How long to wait for the vendor's answer. */
  waitMs: number
}

/** @returns the request, or a sentence that says what is wrong with the arguments */
function readRequest(
  name: string | undefined,
  options: Options,
  config: Config,
  apiKey: string | undefined,
): Request | string {
  const file = options.file === undefined ? undefined : readText(options.file)
  if (file === null) return `${options.file} cannot be read.`
  const composed = composeEvent({ name, file, overrides: options.override })
  if (typeof composed === 'string') return composed
  const waitMs = Number(options.wait) * 1_000
  if (!(waitMs >= 0 && waitMs <= maxWaitMs)) return '--wait takes seconds, from 0 to 3600.'
  const namedSite = options.site ?? composed.site
  const listed = config.apiKeys.find(({ site }) => namedSite === undefined || site === namedSite)
  const key = options.key ?? apiKey ?? listed?.key
  if (key === undefined)
    return 'There is no API key to send with: give --key or TAGFERRY_KEY; "tagferry keys create" makes one.'
  const site = namedSite ?? (key === listed?.key ? listed.site : onlySite(config))
  if (site === undefined) return 'Say whose event it is: --site shop.example.'
  return { site, key, event: composed.event, waitMs }
}

const onlySite = ({ sites }: Config) => (sites.length === 1 ? sites[0]?.domain : undefined)

/** Gives `null` if the file cannot be read. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '')
  } catch {
    return null
  }
}

function refusalText({ status, body }: CollectorResponse): string {
  const { error = `it answered ${status}`, problems = [] } = (typeof body === 'object' ? body : {}) as {
    error?: string
    problems?: { path: string; problem: string }[]
  }
  const lines = problems
    .filter(({ path }) => path !== '')
    .map(({ path, problem }) => `\n  ${path}: ${problem}`)
  return `The collector refuses the event (${status}): ${error}.${lines.join('')}`
}
