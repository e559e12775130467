/** `purge`: removes old events before their retention ends. */
import type { Command } from 'commander'
import type { Store } from '../store/store.js'
import type { CommandDeps } from './command.js'
import { plural } from './output.js'
import { missingStore, withStore } from './store.js'
import { parseTime, timeHint } from './time.js'

const pageRows = 1_000

interface Options {
  before: string
}

export function addPurge(program: Command, deps: CommandDeps): void {
  program
    .command('purge')
    .description('remove the events that arrived before a time; what waits or is being sent stays')
    .requiredOption('--before <time>', 'a date, or 90s, 30m, 2h, 30d ago')
    .addHelpText(
      'after',
      '\nThe ids of removed events are forgotten: a repeat of one would be taken for a new event.\nExample: tagferry purge --before 2026-01-01',
    )
    .action((options: Options) => runPurge(options, deps))
}

async function runPurge(options: Options, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const now = deps.clock()
  const before = parseTime(options.before, now)
  if (before === undefined) return deps.failUsage(timeHint)
  if (before > now)
    return deps.failUsage('That time is still to come: all events would go. Give an earlier one.')
  const missing = missingStore(config)
  if (missing) return deps.failUsage(missing)
  const removed = await withStore(config, deps, (store) => purgeAll(store, before))
  deps.print(`${plural(removed, 'event')} removed.`)
}

async function purgeAll(store: Pick<Store, 'purge'>, before: number): Promise<number> {
  let total = 0
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = await store.purge(before, after, pageRows)
    total += page.removed
    after = page.next
  }
  return total
}
