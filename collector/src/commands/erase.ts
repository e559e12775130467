/** `erase`: removes a person's events, delivered or not. */
import type { Command } from 'commander'
import { type Subject, subjectHashes } from '../intake/subject-hashes.js'
import type { CommandDeps } from './command.js'
import { plural } from './output.js'
import { withStore } from './store.js'

export function addErase(program: Command, deps: CommandDeps): void {
  program
    .command('erase')
    .description('remove all events of a person, sent or waiting')
    .option('--email <address>', 'their e-mail address, or its SHA-256')
    .option('--phone <number>', 'their phone number, or its SHA-256')
    .option('--external-id <id>', 'the id that the shop knows them by, or its SHA-256')
    .addHelpText('after', '\nExample: tagferry erase --email jane@example.com --phone "+1 415 555 1234"')
    .action((person: Subject) => runErase(person, deps))
}

async function runErase(person: Subject, deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const countries = config.sites.map(({ country }) => country)
  const hashes = subjectHashes(person, countries)
  if (hashes.length === 0)
    return deps.failUsage(
      'Nobody was named: give --email, --phone or --external-id (a phone number with its country code).',
    )
  const erased = await withStore(config, deps, async (store) => {
    let total = 0
    for (const hash of hashes) total += await store.erase(hash)
    return total
  })
  deps.print(`${plural(erased, 'event')} erased.`)
}
