/** `erase`: a person's events leave, whatever has become of them. */
import type { Command } from 'commander'
import { hashesOf, type Person } from '../intake/subject-hashes.js'
import type { CliDeps } from './command.js'
import { withStore } from './parts.js'

export function addErase(program: Command, given: CliDeps): void {
  const { config, say, fail } = given
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
      const erased = await withStore(settings, given, async (store) => {
        let all = 0
        for (const hash of hashes) all += await store.erase(hash)
        return all
      })
      say(`${erased} ${erased === 1 ? 'event' : 'events'} erased.`)
    })
}
