/** `migrate-store`: the events of a SQLite file move to PostgreSQL. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { keyFile, loadKeyring } from '../config/keyring.js'
import { migrateStore } from '../store/copy/copy.js'
import { openStore } from '../store/open.js'
import type { CliDeps } from './command.js'

export function addMigrateStore(program: Command, { config, deps, say, fail }: CliDeps): void {
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
      const secret = loadKeyring(settings.secret, dataDir)
      const own = keyFile(dataDir)
      if (
        existsSync(own) &&
        !loadKeyring(undefined, dataDir).every((key) => secret.some((one) => one.equals(key)))
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
