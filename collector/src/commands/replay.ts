/** `replay`: makes failed events pending again; the running collector then sends them. */
import type { Command } from 'commander'
import type { Replay } from '../store/store.js'
import type { CommandDeps } from './command.js'
import { plural } from './output.js'
import { withStore } from './store.js'
import { parseTime, timeHint } from './time.js'

interface Options {
  since?: string
  until?: string
  site?: string
  event?: string
}

export function addReplay(program: Command, deps: CommandDeps): void {
  program
    .command('replay [ids...]')
    .description('send failed events again, by id or by the time they arrived')
    .option('--since <time>', 'from then on: 90s, 30m, 2h, 3d ago, or a date')
    .option('--until <time>', 'up to then; by default now')
    .option('--site <domain>', 'of one site only')
    .option('--event <name>', 'of one event name only')
    .addHelpText('after', '\nExample: tagferry replay --since 2h --event Purchase')
    .action((ids: string[], options: Options) => runReplay(ids, options, deps))
}

async function runReplay(ids: readonly string[], options: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const selection = parseSelection(ids, options, deps.clock())
  if (typeof selection === 'string') return deps.failUsage(selection)
  const { count, mayCountTwice } = await withStore(config, deps, (store) =>
    store.replay(selection, deps.clock()),
  )
  deps.print(`${plural(count, 'event')} will be sent again by the running collector.`)
  if (mayCountTwice > 0)
    deps.print(
      `${mayCountTwice} of them may count twice: TikTok may have booked them more than 47 h ago, and forgets ids after that.`,
    )
}

/**
 * @param now Unix milliseconds
 * @returns the events to replay, or a sentence that says what is wrong
 */
export function parseSelection(ids: readonly string[], options: Options, now: number): Replay | string {
  if (ids.length > 0) return parseIds(ids)
  if (options.since === undefined) return 'Say which: ids, or --since 2h (s, m, h, d, or a date).'
  const since = parseTime(options.since, now)
  const until = options.until === undefined ? now : parseTime(options.until, now)
  if (since === undefined || until === undefined) return timeHint
  const { site, event } = options
  return { since, until, ...(site !== undefined && { site }), ...(event !== undefined && { event }) }
}

function parseIds(ids: readonly string[]): Replay | string {
  const invalid = ids.find((id) => !Number.isSafeInteger(Number(id)))
  if (invalid !== undefined)
    return `"${invalid}" is no id: ids are the numbers that the list of events shows.`
  return { ids: ids.map(Number) }
}
