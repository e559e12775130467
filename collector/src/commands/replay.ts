/** `replay`: failed events are sent again by the running collector. */
import type { Command } from 'commander'
import type { CliDeps } from './command.js'
import { withStore } from './parts.js'
import { type ReplayOptions, readReplay } from './replay-selection.js'

export function addReplay(program: Command, given: CliDeps): void {
  const { config, deps, say, fail } = given
  program
    .command('replay [ids...]')
    .description('send failed events again, by id or by the time they arrived')
    .option('--since <time>', 'from then on: 90s, 30m, 2h, 3d ago, or a date')
    .option('--until <time>', 'up to then; now unless told')
    .option('--site <domain>', 'of one site only')
    .option('--event <name>', 'of one event name only')
    .addHelpText('after', '\nExample: tagferry replay --since 2h --event Purchase')
    .action(async (ids: string[], options: ReplayOptions) => {
      const settings = config()
      if (!settings) return
      const which = readReplay(ids, options, deps.clock())
      if (typeof which === 'string') return fail(which)
      const { count, mayCountTwice } = await withStore(settings, given, (store) =>
        store.replay(which, deps.clock()),
      )
      say(`${count} ${count === 1 ? 'event' : 'events'} will be sent again by the running collector.`)
      if (mayCountTwice > 0) {
        say(
          `${mayCountTwice} of them may count twice: TikTok may have booked them more than 47 h ago, and forgets ids after that.`,
        )
      }
    })
}
