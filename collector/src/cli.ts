/** The commands beside `start`: each reads the same settings, does one thing to the store, and says what it did. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { CollectorDeps } from './collector.js'
import { addDoctor } from './commands/doctor.js'
import type { Config } from './config.js'
import { hashesOf, type Person } from './erase.js'
import { openStore } from './open-store.js'
import { type ReplayOptions, readReplay } from './replay.js'
import { keyFile, loadSecret } from './secret.js'
import { migrateStore } from './store/migrate-store.js'

export interface CliDeps {
  /** The configuration, or nothing where it is wrong and that has been said. */
  config: () => Config | undefined
  deps: Pick<CollectorDeps, 'kinds' | 'version' | 'places' | 'clock' | 'log'>
  say: (line: string) => void
  fail: (sentence: string) => void
}

export function addCommands(program: Command, given: CliDeps): void {
  const { config, deps, say, fail } = given
  addDoctor(program, given)
  program
    .command('erase')
    .description('remove all events of a person, sent or waiting')
    .option('--email <address>', 'their e-mail address, or its SHA-256')
    .option('--phone <number>', 'their phone number, or its SHA-256')
    .option('--external-id <id>', 'the id that the shop knows them by, or its SHA-256')
    .addHelpText('after', '\nExample: tagferry erase --email jane@example.com --phone "+1 415 555 1234"')
    .action(async (person: Person) => {
      const settings = config()
      if (!settings) return
      const hashes = hashesOf(
        person,
        settings.sites.map(({ country }) => country),
      )
      if (hashes.length === 0) {
        return fail(
          'Nobody was named: give --email, --phone or --external-id (a phone number with its country code).',
        )
      }
      const store = await openStore(settings, loadSecret(settings.secret, settings.dataDir), deps)
      let erased = 0
      for (const hash of hashes) erased += await store.erase(hash)
      await store.close()
      say(`${erased} ${erased === 1 ? 'event' : 'events'} erased.`)
    })
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
      const store = await openStore(settings, loadSecret(settings.secret, settings.dataDir), deps)
      const { count, mayCountTwice } = await store.replay(which, deps.clock())
      await store.close()
      say(`${count} ${count === 1 ? 'event' : 'events'} will be sent again by the running collector.`)
      if (mayCountTwice > 0) {
        say(
          `${mayCountTwice} of them may count twice: TikTok may have booked them more than 48 h ago, and forgets ids after that.`,
        )
      }
    })
  program
    .command('migrate-store')
    .description(
      'copy the events of the SQLite file in the data folder to PostgreSQL, with the collectors stopped',
    )
    .addHelpText(
      'after',
      '\nThe file stays as it is. Stopped on the way, the command goes on when run again.',
    )
    .action(async () => {
      const settings = config()
      if (!settings) return
      const { databaseUrl, dataDir } = settings
      const file = join(dataDir, 'tagferry.db')
      if (!databaseUrl) return fail('Set TAGFERRY_DATABASE_URL to the PostgreSQL that is to take the events.')
      if (!existsSync(file)) return fail(`There is no ${file} to copy.`)
      const secret = loadSecret(settings.secret, dataDir)
      const own = keyFile(dataDir)
      if (
        existsSync(own) &&
        !loadSecret(undefined, dataDir).every((key) => secret.some((one) => one.equals(key)))
      ) {
        return fail(`The events were sealed with another TAGFERRY_SECRET: set TAGFERRY_SECRET_FILE=${own}.`)
      }
      // Opening brings the tables of each up to date.
      for (const from of [{ dataDir }, { dataDir, databaseUrl }]) {
        await (await openStore(from, secret, deps)).close()
      }
      const { copied, present } = await migrateStore(file, databaseUrl)
      say(
        `${copied} ${copied === 1 ? 'event' : 'events'} copied to PostgreSQL; ${present} were there already.`,
      )
    })
}
