/** `keys rotate`: encrypts everything that is stored encrypted with a new key, while collectors run. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { loadKeyring } from '../../config/keyring.js'
import type { CommandDeps } from '../command.js'
import { missingStore, withStore } from '../store.js'
import { reencryptWithFileKey, reencryptWithKeyring } from './reencrypt.js'

export function addKeysRotate(keys: Command, deps: CommandDeps): void {
  keys
    .command('rotate')
    .description('encrypt everything with a new key, while collectors run')
    .addHelpText(
      'after',
      `
Without TAGFERRY_SECRET the key is in the data folder, and a new one takes its place.
With it, make the new key yourself; docs/cli.md lists the steps.
Example: tagferry keys rotate`,
    )
    .action(() => runKeysRotate(deps))
}

async function runKeysRotate(deps: CommandDeps): Promise<void> {
  const config = deps.readConfig()
  const { secret, dataDir } = config
  const missing = missingStore(config)
  if (missing) return deps.failUsage(missing)
  const keyring = secret === undefined ? undefined : loadKeyring(secret, dataDir)
  if (keyring?.length === 1)
    return deps.failUsage(
      'TAGFERRY_SECRET holds one key: set it to the new and the old one, "new,old", for all collectors first.',
    )
  const count = await withStore(config, deps, async (store) => {
    const reencrypted = keyring
      ? await reencryptWithKeyring(store, keyring)
      : await reencryptWithFileKey(store, dataDir, sleep)
    await store.write([], { at: deps.clock(), who: 'command line', what: 'Sealing key replaced' })
    return reencrypted
  })
  deps.print(`${count} ${count === 1 ? 'record is' : 'records are'} sealed anew.`)
  deps.print(
    keyring
      ? 'Set TAGFERRY_SECRET to the new key alone now, and start each collector again.'
      : `${dataDir}/secret.key holds the new key alone. A backup from before needs the old one: make another.`,
  )
}
