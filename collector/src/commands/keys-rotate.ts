/** `keys rotate`: everything sealed comes under a new key, while collectors run. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { loadKeyring } from '../config/keyring.js'
import type { CliDeps } from './command.js'
import { missingStore, withStore } from './parts.js'
import { rotateKeys } from './rotate-keys.js'

/** @param keys the command that it is part of */
export function addRotate(keys: Command, given: CliDeps): void {
  const { config, deps, say, fail } = given
  keys
    .command('rotate')
    .description('seal everything under a new key, while collectors run')
    .addHelpText(
      'after',
      `
Without TAGFERRY_SECRET the key is in the data folder, and a new one takes its place.
With it, make the new key yourself; docs/cli.md tells the order.
Example: tagferry keys rotate`,
    )
    .action(async () => {
      const settings = config()
      if (!settings) return
      const { secret, dataDir } = settings
      const missing = missingStore(settings)
      if (missing) return fail(missing)
      const ring = secret === undefined ? undefined : loadKeyring(secret, dataDir)
      if (ring?.length === 1)
        return fail(
          'TAGFERRY_SECRET holds one key: set it to the new and the old one, "new,old", for all collectors first.',
        )
      const sealed = await withStore(settings, given, async (store) => {
        const count = await rotateKeys({ store, dataDir, given: ring, wait: sleep })
        await store.write([], { at: deps.clock(), who: 'command line', what: 'Sealing key replaced' })
        return count
      })
      say(`${sealed} ${sealed === 1 ? 'record is' : 'records are'} sealed anew.`)
      say(
        ring
          ? 'Set TAGFERRY_SECRET to the new key alone now, and start each collector again.'
          : `${dataDir}/secret.key holds the new key alone. A backup from before needs the old one: make another.`,
      )
    })
}
