/** `purge`: old events leave before their time. */
import type { Command } from 'commander'
import type { CliDeps } from './command.js'
import { missingStore, withStore } from './parts.js'
import { readTime, timeHint } from './replay-selection.js'

const pageRows = 1_000

export function addPurge(program: Command, given: CliDeps): void {
  const { config, deps, say, fail } = given
  program
    .command('purge')
    .description('remove the events that arrived before a time; what waits or is being sent stays')
    .requiredOption('--before <time>', 'a date, or 90s, 30m, 2h, 30d ago')
    .addHelpText(
      'after',
      '\nThe ids of removed events are forgotten: a repeat of one would be taken for a new event.\nExample: tagferry purge --before 2026-01-01',
    )
    .action(async ({ before: text }: { before: string }) => {
      const settings = config()
      if (!settings) return
      const now = deps.clock()
      const before = readTime(text, now)
      if (before === undefined) return fail(timeHint)
      if (before > now) return fail('That time is still to come: all events would go. Give an earlier one.')
      const missing = missingStore(settings)
      if (missing) return fail(missing)
      const removed = await withStore(settings, given, async (store) => {
        let all = 0
        for (let next: number | undefined = 0; next !== undefined; ) {
          const page = await store.purge(before, next, pageRows)
          all += page.removed
          next = page.next
        }
        return all
      })
      say(`${removed} ${removed === 1 ? 'event' : 'events'} removed.`)
    })
}
