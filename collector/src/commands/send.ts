/** `send`: one event to the running collector, its verdict, and TikTok's answer where the store can be looked into. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Config } from '../config/config.js'
import type { WireAnswer } from '../wire.js'
import type { CliDeps } from './command.js'
import { ask, missingStore, printable, urlOf, withStore } from './parts.js'
import { composeEvent } from './send-body.js'
import { follow } from './send-follow.js'

interface Options {
  site?: string
  override: string[]
  file?: string
  key?: string
  url?: string
  wait: string
  json?: boolean
}

export function addSend(program: Command, given: CliDeps): void {
  const { config, deps, apiKey, say, refuse, fail } = given
  program
    .command('send [event]')
    .description('send one event to the running collector; exits with 1 when it or TikTok refuses')
    .option('--site <domain>', 'whose event it is; that of the key unless told')
    .option(
      '--override <path=value>',
      'set a field; may be repeated',
      (one, all: string[]) => [...all, one],
      [],
    )
    .option('--file <path>', 'take the event from a file of JSON')
    .option('--key <key>', 'API key; TAGFERRY_KEY, or the first of TAGFERRY_API_KEYS, unless told')
    .option('--url <origin>', 'where the collector listens; as the settings say unless told')
    .option('--wait <seconds>', "how long to wait for TikTok's answer", '15')
    .option('--json', 'print what became of it as JSON')
    .addHelpText('after', '\nExample: tagferry send Purchase --override user.email=jane@example.com')
    .action(async (name: string | undefined, options: Options) => {
      const settings = config()
      if (!settings) return
      const file = options.file === undefined ? undefined : readText(options.file)
      if (file === null) return fail(`${options.file} cannot be read.`)
      const composed = composeEvent({ name, file, overrides: options.override })
      if (typeof composed === 'string') return fail(composed)
      const waitMs = Number(options.wait) * 1_000
      if (!(waitMs >= 0 && waitMs <= 3_600_000)) return fail('--wait takes seconds, from 0 to 3600.')
      const wanted = options.site ?? composed.site
      const listed = settings.apiKeys.find(({ site }) => wanted === undefined || site === wanted)
      const key = options.key ?? apiKey ?? listed?.key
      const site = wanted ?? (key === listed?.key ? listed?.site : onlySite(settings))
      if (key === undefined)
        return fail(
          'There is no API key to send with: give --key or TAGFERRY_KEY; "tagferry keys create" makes one.',
        )
      if (site === undefined) return fail('Say whose event it is: --site shop.example.')
      const sentAt = deps.clock()
      const answer = await ask(options.url ?? urlOf(settings), '/v1/events', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ site, events: [composed.event] }),
      })
      if (typeof answer === 'string') return refuse(answer)
      if (answer.status !== 202) return refuse(refusal(answer))
      const { ids, duplicates, skipped } = answer.body as WireAnswer
      const [eventId = ''] = ids
      if (skipped[0]) {
        const { event_id: id, reason } = skipped[0]
        if (options.json) say(JSON.stringify({ site, eventId: id, state: 'skipped', reason }))
        return refuse(`Skipped: ${reason}. "tagferry doctor" tells why, docs/events.md what it means.`)
      }
      const what = printable(`${composed.event.event} [${eventId}] ${site}`)
      if (duplicates > 0) return say(`${what} is a duplicate: stored before, and not sent again.`)
      if (missingStore(settings))
        return say(`${what} is accepted. What TikTok answers is not shown: the store is not on this machine.`)
      await withStore(settings, given, (store) =>
        follow(store, { site, eventId, sentAt, until: sentAt + waitMs, json: options.json ?? false }, given),
      )
    })
}

const onlySite = ({ sites }: Config) => (sites.length === 1 ? sites[0]?.domain : undefined)

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function refusal({ status, body }: { status: number; body: unknown }): string {
  const { error = `it answered ${status}`, problems = [] } = (typeof body === 'object' ? body : {}) as {
    error?: string
    problems?: { path: string; problem: string }[]
  }
  const told = problems
    .filter(({ path }) => path !== '')
    .map(({ path, problem }) => `\n  ${path}: ${problem}`)
  return `The collector refuses the event (${status}): ${error}.${told.join('')}`
}
