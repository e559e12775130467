/** `migrate-store`: copies the events of the SQLite file to PostgreSQL. */
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { keyFile, loadKeyring } from '../config/keyring.js'
import { copyToPostgres } from '../store/copy/copy.js'
import { openStore } from '../store/open.js'
import type { CommandDeps } from './command.js'
import { plural } from './output.js'
import { sqliteFile } from './store.js'

export function addMigrateStore(program: Command, deps: CommandDeps): void {
  program
    .command('migrate-store')
    .description(
      'copy the events of the SQLite file in the data folder to PostgreSQL, with the collectors stopped',
    )
    .addHelpText(
      'after',
      '\nThe file stays as it is. Stopped on the way, the command goes on when run again.',
    )
    .action(() => runMigrateStore(deps))
}

async function runMigrateStore(deps: CommandDeps): Promise<void> {
  const { databaseUrl, dataDir, secret } = deps.readConfig()
  const file = sqliteFile({ dataDir })
  if (!databaseUrl)
    return deps.failUsage('Set TAGFERRY_DATABASE_URL to the PostgreSQL that is to take the events.')
  if (!existsSync(file)) return deps.failUsage(`There is no ${file} to copy.`)
  const keyring = loadKeyring(secret, dataDir)
  if (!canReadFile(keyring, dataDir))
    return deps.failUsage(
      `The events were sealed with another TAGFERRY_SECRET: set TAGFERRY_SECRET_FILE=${keyFile(dataDir)}.`,
    )
  // Opening a store applies its migrations.
  for (const config of [{ dataDir }, { dataDir, databaseUrl }])
    await (await openStore(config, keyring, deps)).close()
  const { copied, present } = await copyToPostgres(file, { url: databaseUrl, uptime: deps.uptime })
  deps.print(`${plural(copied, 'event')} copied to PostgreSQL; ${present} were there already.`)
}

/** Whether the keyring has all keys of the key file in the data folder, if there is one. */
function canReadFile(keyring: readonly Buffer[], dataDir: string): boolean {
  if (!existsSync(keyFile(dataDir))) return true
  const fileKeys = loadKeyring(undefined, dataDir)
  return fileKeys.every((key) => keyring.some((known) => known.equals(key)))
}
