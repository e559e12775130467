/** The commands beside `start`: each reads the same settings, does one thing to the store, and says what it did. */
import type { Command } from 'commander'
import { type CollectorDeps, openStore } from './collector.js'
import type { Config } from './config.js'
import { hashesOf, type Person } from './erase.js'
import { loadSecret } from './secret.js'

export interface CliDeps {
  /** The configuration, or nothing where it is wrong and that has been said. */
  config: () => Config | undefined
  deps: Pick<CollectorDeps, 'places' | 'clock'>
  say: (line: string) => void
  fail: (sentence: string) => void
}

export function addCommands(program: Command, { config, deps, say, fail }: CliDeps): void {
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
}
