/** Opens the store of the settings for one command. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { loadKeyring } from '../config/keyring.js'
import { openStore, type StoreDeps } from '../store/open.js'
import type { Outbox } from '../store/outbox.js'

/** Closes the store after use, also if that fails. */
export async function withStore<Result>(
  config: Config,
  deps: StoreDeps,
  use: (store: Outbox) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(config, loadKeyring(config.secret, config.dataDir), deps)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

export const sqliteFile = ({ dataDir }: Pick<Config, 'dataDir'>) => join(dataDir, 'tagferry.db')

/** Says in a sentence that there is no store yet: to open it would create one, maybe in a folder given by mistake. */
export function missingStore(config: Pick<Config, 'databaseUrl' | 'dataDir'>): string | undefined {
  const file = sqliteFile(config)
  if (config.databaseUrl !== undefined || existsSync(file)) return undefined
  return `There is no ${file}: no collector has run with this data folder. Run the command where the collector runs, or set TAGFERRY_DATA_DIR.`
}
